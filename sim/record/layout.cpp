#include "sim/record/layout.hpp"

namespace rackrate::record {
namespace {

using enum Dim;

// clang-format off
constexpr std::array<DimensionRow, kDims> kDimensionRows{{
    {Firm, "firm", "firm", "the scenario's firms, then the outside parties suppliers, services and rest_of_world"},
    {Layer, "layer", "profit-and-loss layer", "application, model, infrastructure, deployment"},
    {Cloud, "cloud", "cloud", "clouds as owners of capacity, or as runtimes"},
    {Region, "region", "region", "regions of the scenario"},
    {Lab, "lab", "model lab", "labs of the scenario"},
    {Product, "product", "product", "what is sold; decides which contract roles are needed"},
    {Channel, "channel", "sales channel", "seller of record"},
    {Segment, "segment", "enterprise segment", "segments of the scenario"},
    {Host, "host", "host of inference", "the clouds, as hosts of stateless inference"},
    {Payer, "payer", "paying party", "firms, then suppliers, services, rest_of_world, enterprises, consumers, investors"},
    {Payee, "payee", "receiving party", "the same parties as payer"},
    {Clause, "clause", "money clause", "contract/clause of every clause that moves money; restated by a later version it is the same clause"},
    {Application, "application", "application sold by the seat", "applications of the scenario"},
    {TrainingRun, "training_run", "training run", "lab/run of every run of a calendar (labs.*.runs)"},
    {Input, "input", "scarce input", "chips, power, capital for chips; sites, capital for sites"},
    {Chip, "chip", "kind of chip", "vendor/chip of every generation that a vendor sells or a fleet holds (supply.*.*)"},
    {Time, "time", "month", "first day of the month; time_bounds gives the days covered, the end exclusive"},
}};
// clang-format on

// clang-format off
constexpr std::array<VariableRow, kVars> kVariableRows{{
    {Var::Revenue, "revenue", {Firm, Layer, Time}, Type::F64, "USD", Cell::Sum, "gross revenue",
     "Everything received, own hosting included. Chips and sites sold to another firm are revenue of the seller; a "
     "firm's payments into its own capital account are nobody's revenue."},
    {Var::InternalRevenue, "internal_revenue", {Firm, Layer, Time}, Type::F64, "USD", Cell::Sum, "revenue from own hosting",
     "The part of revenue that one layer of a firm pays another at cost; subtract it to consolidate."},
    {Var::ValueAdded, "value_added", {Firm, Layer, Time}, Type::F64, "USD", Cell::Sum, "value added",
     "Revenue less purchases from other parties: revenue - cost + depreciation. Summed over all firms and layers it equals "
     "the outlay of enterprises and consumers plus capital goods bought from others, to the last 1e-4 dollar."},
    {Var::Cost, "cost", {Firm, Layer, Time}, Type::F64, "USD", Cell::Sum, "cost",
     "Everything paid, depreciation and own hosting included, capital expenditure not."},
    {Var::GrossProfit, "gross_profit", {Firm, Layer, Time}, Type::F64, "USD", Cell::Sum, "gross profit",
     "revenue - cost. Capital enters as straight-line depreciation."},
    {Var::Capex, "capex", {Firm, Time}, Type::F64, "USD", Cell::Sum, "capital expenditure",
     "Paid from the firm's capital account to vendors and suppliers other than itself, when paid."},
    {Var::Npv, "npv", {Firm}, Type::F64, "USD", Cell::Run, "net present value of gross profit",
     "Sum over the run of exp(-ln(1 + discount_rate) (t - valuation_date)) times gross profit, by day, years of 365.25 d. "
     "No terminal value."},
    {Var::NpvCash, "npv_cash", {Firm}, Type::F64, "USD", Cell::Run, "net present value, capital charged when paid",
     "As npv, with capital expenditure when paid in place of depreciation."},
    {Var::Investment, "investment", {Firm, Time}, Type::F64, "USD", Cell::Sum, "investment in other firms",
     "Paid as tranches from the firm's capital account to another's; in no revenue, cost or profit."},
    {Var::Funding, "funding", {Firm, Time}, Type::F64, "USD", Cell::Sum, "investment received",
     "Tranches received from other firms; in no revenue, cost or profit."},
    {Var::EquityIncome, "equity_income", {Firm, Time}, Type::F64, "USD", Cell::Sum, "equity-method income",
     "The firm's stakes times the gross profit of what it owns. Beside gross_profit, never in it: it is already in the other "
     "firm's."},
    {Var::NpvEquity, "npv_equity", {Firm}, Type::F64, "USD", Cell::Run, "net present value of equity-method income",
     "Discounted as npv; npv + npv_equity looks through the firm's stakes."},
    {Var::OutlayEnterprises, "outlay_enterprises", {Time}, Type::F64, "USD", Cell::Sum, "outlay of enterprises",
     "What enterprises paid, net of what they were paid."},
    {Var::OutlayConsumers, "outlay_consumers", {Time}, Type::F64, "USD", Cell::Sum, "outlay of consumers",
     "What consumers paid, net of what they were paid."},
    {Var::Payment, "payment", {Payer, Payee, Time}, Type::F64, "USD", Cell::Sum, "payments between parties",
     "Who pays whom, every category but depreciation. The diagonal is own hosting and capital goods from the own firm."},
    {Var::ClausePayment, "clause_payment", {Clause, Time}, Type::F64, "USD", Cell::Sum, "payments moved by a contract clause",
     "By the clause that set them: shares, shortfalls, remittances, hosting, reservations, tranches, damages, fees, payments agreed in a renegotiation; in either direction."},
    {Var::ClauseBase, "clause_base", {Clause, Time}, Type::F64, "USD", Cell::Sum, "base of a clause",
     "What its rate is taken of: gross revenue under a revenue share or a resale, the firm's gross profit under a stake, eligible purchases under a drawdown. "
     "Of all variables of a clause: missing in months in which it was not in force."},
    {Var::ClauseRate, "clause_rate", {Clause, Time}, Type::F64, "1", Cell::Point, "rate of a clause",
     "Share of the base at the month's end; of a resale what the lab gets; of a stake the part owned."},
    {Var::ClauseCumulative, "clause_cumulative", {Clause, Time}, Type::F64, "USD", Cell::Point, "cumulative accrual of a clause",
     "Of a revenue share what counts against its cap, of a commitment what is drawn, else what it moved since the start."},
    {Var::ClauseCap, "clause_cap", {Clause, Time}, Type::F64, "USD", Cell::Point, "cap of a clause", "Missing where there is none."},
    {Var::ClauseCommitment, "clause_commitment", {Clause, Time}, Type::F64, "USD", Cell::Sum, "commitment settled",
     "Of the settlement periods that ended in the month; of a reservation what was due for the month."},
    {Var::ClauseUsed, "clause_used", {Clause, Time}, Type::F64, "USD", Cell::Sum, "used of a commitment",
     "Purchases that count toward it; of a reservation the part that was used."},
    {Var::ClauseShortfall, "clause_shortfall", {Clause, Time}, Type::F64, "USD", Cell::Sum, "shortfall of a commitment",
     "Paid for what was not used."},
    {Var::ClauseCreditCreated, "clause_credit_created", {Clause, Time}, Type::F64, "USD", Cell::Sum, "credit created by a shortfall", "A memo: no money moves."},
    {Var::ClauseCreditUsed, "clause_credit_used", {Clause, Time}, Type::F64, "USD", Cell::Sum, "credit used", "Purchases paid with a shortfall of the period before."},
    {Var::ClauseCreditExpired, "clause_credit_expired", {Clause, Time}, Type::F64, "USD", Cell::Sum, "credit expired", "A memo: no money moves."},
    {Var::ClauseRemaining, "clause_remaining", {Clause, Time}, Type::F64, "USD", Cell::Point, "commitment remaining",
     "Committed at the month's end and not bought or paid yet."},
    {Var::ClauseQuantity, "clause_quantity", {Clause, Time}, Type::F64, "H100e h", Cell::Sum, "compute under a clause",
     "Bought under a hosting clause, delivered under a reservation, served at the host of a primary clause, reserved by a tender's awards."},
    {Var::ClauseQuantityShort, "clause_quantity_short", {Clause, Time}, Type::F64, "H100e h", Cell::Sum, "compute missing under a clause",
     "Reserved and not delivered; missing to the least share of a primary clause; of a tender what its failed dates would have reserved."},
    {Var::ClauseIncome, "clause_income", {Clause, Time}, Type::F64, "USD", Cell::Sum, "equity-method income of a stake", "A memo: no money moves."},
    {Var::ClauseDay, "clause_day", {Clause}, Type::F64, "d", Cell::Run, "day on which a clause first acted",
     "Days from the run's start until a trigger fired, a renegotiation was agreed, notice was given, a breach began or a tender was awarded. "
     "Missing where it did not, and for clauses of other kinds."},
    {Var::ClauseGain, "clause_gain", {Clause, Time}, Type::F64, "USD/y", Cell::Point, "joint gain of agreeing to a renegotiation",
     "What the lab and the host of the clause would gain together by what it switches, as appraised last in the month; an exclusive right "
     "enforces itself while this is not above 0. Of a resale what its two sides gain by it over no sale. Missing where there was no appraisal."},
    {Var::Capacity, "capacity", {Cloud, Region, Time}, Type::F64, "H100e", Cell::Mean, "installed capacity",
     "H100-equivalents installed, powered or not. Missing where a cloud has no pool."},
    {Var::Powered, "powered", {Cloud, Region, Time}, Type::F64, "H100e", Cell::Mean, "powered capacity",
     "Installed less what waits for power."},
    {Var::FleetChips, "fleet_chips", {Cloud, Chip, Time}, Type::F64, "H100e", Cell::Mean, "powered capacity by kind of chip",
     "In all regions of the cloud; over the chips it adds up to powered over the regions, in every window to the H100e. 0 where the "
     "cloud has none of a kind."},
    {Var::Utilisation, "utilisation", {Cloud, Region, Time}, Type::F32, "1", Cell::Mean, "utilisation",
     "Of what runs (installed - unpowered - down) the part that worked for labs, own products or customers, H100e-hours over the month."},
    {Var::ScarcityRent, "scarcity_rent", {Cloud, Region, Time}, Type::F64, "USD/(H100e h)", Cell::Mean, "scarcity rent",
     "Shadow price of the pool's capacity in the clearing, mean over the month."},
    {Var::ScarceDays, "scarce_days", {Cloud, Region, Time}, Type::F32, "1", Cell::Mean, "share of days that were scarce",
     "Share of the month's clearing windows (days by default) with a positive scarcity rent, by time."},
    {Var::Wait, "wait", {Cloud, Time}, Type::F64, "h", Cell::Mean, "mean wait of interactive requests",
     "Weighted by running capacity over the cloud's regions."},
    {Var::Served, "served", {Lab, Product, Time}, Type::F64, "H100e h", Cell::Sum, "served demand",
     "Compute delivered to the lab's product through all channels and regions."},
    {Var::Unserved, "unserved", {Lab, Product, Time}, Type::F64, "H100e h", Cell::Sum, "unserved demand",
     "Demand less served."},
    {Var::LabCompute, "lab_compute", {Lab, Host, Time}, Type::F64, "H100e", Cell::Mean, "compute of a lab by host",
     "Mean H100-equivalents that served the lab at the host, all products."},
    {Var::ComputeInside, "compute_inside", {Lab, Host, Time}, Type::F32, "H100e", Cell::Mean, "compute of a lab paid for inside the firm of its host",
     "The part of lab_compute for which one layer of the host's firm pays another at cost: its own lab, its applications, models of others that its channel sells and hosts."},
    {Var::RoutingPrice, "routing_price", {Lab, Host, Time}, Type::F32, "USD/(H100e h)", Cell::Mean, "price of a host in routing",
     "What an H100e-hour of the lab counts there in clearing (routes.CLOUD.serving_cost, else the list, times the cloud's price index), before latency, commitments "
     "and hosting_surcharge. Missing where no work of the lab may run."},
    {Var::HostingSurcharge, "hosting_surcharge", {Lab, Host, Time}, Type::F32, "USD/(H100e h)", Cell::Mean, "surcharge of concentration",
     "What the customer's share of the supplier adds to routing_price (hosting.spread_*), mean over all H100e-hours of the lab there; nobody pays it. 0 where no step of "
     "the price beyond the first is used. Missing where nothing of the lab runs."},
    {Var::SurchargeDearest, "surcharge_dearest", {Lab, Host, Time}, Type::F32, "USD/(H100e h)", Cell::Mean, "surcharge of the dearest step in use",
     "As hosting_surcharge, but of the dearest step that each class of the lab's work uses in a pool: what the last unit bears."},
    {Var::PlacementShare, "placement_share", {Segment, Lab, Channel, Host, Time}, Type::F32, "1", Cell::Point,
     "share of placed volume",
     "Share of the segment's placed volume (work units per day, the outside option not counted) in the month's last "
     "window. Sums to 1 over lab, channel and host."},
    {Var::RuntimeShare, "runtime_share", {Segment, Lab, Cloud, Time}, Type::F32, "1", Cell::Point,
     "share of placed volume by runtime",
     "Share of the segment's placed volume whose agent state runs on the cloud, in the month's last window. Volume without "
     "a runtime is in the denominator only."},
    {Var::PlacedUnits, "placed_units", {Segment, Time}, Type::F64, "wu/d", Cell::Point, "placed volume",
     "Work units per day placed by the segment in the month's last window."},
    {Var::Surplus, "surplus", {Segment, Time}, Type::F64, "USD", Cell::Sum, "enterprise surplus",
     "What the segment's enterprises get from the work that was served, over the outside option, net of governance and "
     "migration. It is negative while they pay for these and little is served."},
    {Var::SurplusVariety, "surplus_variety", {Segment, Time}, Type::F64, "USD", Cell::Sum, "variety bonus in the surplus",
     "The part of the surplus that is due to tastes for the alternative chosen and not to its quality, terms and price."},
    {Var::EnterpriseSpending, "enterprise_spending", {Segment, Time}, Type::F64, "USD", Cell::Sum,
     "spending of enterprises on served work", "At list prices, before drawdown; governance and migration not counted."},
    {Var::Adoption, "adoption", {Segment, Time}, Type::F32, "1", Cell::Point, "share of enterprises that adopted",
     "In the month's last window."},
    {Var::MarketShare, "market_share", {Firm, Layer, Time}, Type::F64, "1", Cell::Sum, "revenue share within the layer",
     "Of the scenario's firms, by revenue without own hosting, sales that are not AI, and capital goods. Missing for "
     "suppliers and services, and when the layer had no revenue."},
    {Var::Hhi, "hhi", {Layer, Time}, Type::F64, "1", Cell::Sum, "Herfindahl-Hirschman index",
     "Sum of squared percentage market shares, 0 to 10000. Missing when the layer had no revenue."},
    {Var::Quality, "quality", {Lab, Time}, Type::F64, "1", Cell::Point, "quality of the best model",
     "Of the best released model, in units of utility, in the month's last window."},
    {Var::Users, "users", {Lab, Time}, Type::F64, "1", Cell::Point, "users", "Of all user streams of the lab, in the month's last window."},
    {Var::Kappa, "kappa", {Lab, Time}, Type::F64, "H100e h/Mtok", Cell::Point, "compute per million tokens",
     "Of the lab's best model, in the month's last window."},
    {Var::Seats, "seats", {Time}, Type::F64, "1", Cell::Point, "seats", "Of all seat applications, in the month's last window."},
    {Var::Price, "price", {Lab, Channel, Time}, Type::F64, "USD/wu", Cell::Mean, "list price of a reference work unit",
     "Mean over the month of the list price in force. Missing where the pair is not sold."},
    {Var::ComputePrice, "compute_price", {Cloud, Time}, Type::F64, "USD/(H100e h)", Cell::Mean, "list price of compute",
     "Mean over the month of the list price in force."},
    {Var::CapitalChips, "capital_chips", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital spent on chips",
     "Paid by the cloud's firm when chips are shipped, a lead before they run."},
    {Var::CapitalShells, "capital_shells", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital spent on shells",
     "Deposits and construction of sites."},
    {Var::CapitalPower, "capital_power", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital spent on power",
     "The rest of the cost of sites, paid as their power comes on."},
    {Var::CapitalBudget, "capital_budget", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital budget",
     "What the month adds to what the calendar year so far may spend on chips, shells and power together: guidance, or what cash and debt leave where that is less; below 0 where lenders allow less than before."},
    {Var::CapitalCommitted, "capital_committed", {Cloud, Time}, Type::F64, "USD", Cell::Point, "capital committed",
     "Ordered or under way at the month's end, to be paid later."},
    {Var::CapitalPrior, "capital_prior", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital of orders of before the start",
     "What chips and sites that were ordered before the start ask for in the month by plan: when they are expected to be shipped, built and energised."},
    {Var::CapitalCarried, "capital_carried", {Cloud, Time}, Type::F64, "USD", Cell::Point, "capital carried over",
     "Due by the month's end and still to be paid: what vendors and sites deliver late."},
    {Var::CapitalAdvanced, "capital_advanced", {Cloud, Time}, Type::F64, "USD", Cell::Point, "capital paid in advance",
     "Paid by the month's end and not due by then, at the prices of the plan: what vendors and sites deliver early."},
    {Var::CapitalDearer, "capital_dearer", {Cloud, Time}, Type::F64, "USD", Cell::Point, "capital paid beyond planned prices",
     "By how much what has been delivered since a review of the calendar year, or since the year began, cost more than when it was ordered, whichever is most; 0: it did not."},
    {Var::CapitalRefused, "capital_refused", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital refused by the budget",
     "Cost of chips and sites that reviews of the month wanted and did not order because the budget did not hold them. A want that lasts counts at every review."},
    {Var::CapitalPlanned, "capital_planned", {Cloud, Time}, Type::F64, "USD", Cell::Sum, "capital ordered because it was announced",
     "Cost of the chips that reviews of the month wanted although no forecast needed them, since the firm had announced to spend so much (capital.plan_share)."},
    {Var::SitesStarted, "sites_started", {Cloud, Time}, Type::F64, "MW", Cell::Sum, "power of sites started",
     "Facility power of the sites that the cloud started in the month; scripted sites not counted."},
    {Var::ComputeDemand, "compute_demand", {Cloud, Time}, Type::F64, "H100e", Cell::Point, "compute wanted from a cloud",
     "As the cloud sees it at the month's end: smoothed over four weeks, unserved demand included."},
    {Var::InputShort, "input_short", {Cloud, Input, Time}, Type::F64, "H100e", Cell::Point, "compute that a cloud lacks for want of an input",
     "At the last review of the month, of what its forecast wants beyond what runs or comes in time: chips wait in vendors' queues; power: stand idle without it, or were "
     "not ordered as there would be none; capital: the budget refused them; sites: regions cannot build more of them; site_capital: there is no money for them. The first three are of what "
     "an order of now would bring, the others of what a site begun now would house. Missing in months without a review, before entry and once creditors have taken over."},
    {Var::LabCash, "lab_cash", {Lab, Time}, Type::F64, "USD", Cell::Point, "cash of a lab",
     "At the month's end: what it began with and every payment of its firm since. Missing where the lab keeps no account."},
    {Var::LabFunding, "lab_funding", {Lab, Time}, Type::F64, "USD", Cell::Sum, "funding of a lab",
     "Received in funding rounds and tranches. Missing where the lab keeps no account."},
    {Var::LabFunded, "lab_funded", {Lab, Time}, Type::F64, "1", Cell::Mean, "share of planned training and research that is paid for",
     "Mean over the month; 1 where cash is no limit. Missing where the lab keeps no account."},
    {Var::Backlog, "backlog", {Cloud, Payer, Time}, Type::F64, "USD", Cell::Point, "remaining performance obligations",
     "At the month's end, what a customer still owes a cloud under commitments and reservations that are signed, begun or not; without what was defaulted on, and without what is not owed while access is barred. Of enterprises: what is under contract outside AI and by AI customers beyond the labs."},
    {Var::OwnUse, "own_use", {Cloud, Time}, Type::F64, "H100e", Cell::Mean, "compute of own products",
     "Mean H100-equivalents of the cloud's fleet that worked for products of its own firm: search, advertising, feeds, assistants."},
    {Var::OwnUseUnserved, "own_use_unserved", {Cloud, Time}, Type::F64, "H100e", Cell::Mean, "compute that own products wanted and did not get",
     "Wanted less served, mean."},
    {Var::CustomerUse, "customer_use", {Cloud, Time}, Type::F64, "H100e", Cell::Mean, "compute of AI customers beyond the labs",
     "Mean H100-equivalents of the cloud's fleet that they bought."},
    {Var::CustomerUnserved, "customer_unserved", {Cloud, Time}, Type::F64, "H100e", Cell::Mean, "compute that these customers wanted and did not get",
     "Wanted of this cloud less served, mean."},
    {Var::CustomerRevenue, "customer_revenue", {Firm, Time}, Type::F64, "USD", Cell::Sum, "revenue from AI customers beyond the labs",
     "What they paid the firm's clouds for compute, at list; a part of revenue."},
    {Var::ChannelEffort, "channel_effort", {Lab, Channel, Time}, Type::F64, "1", Cell::Mean, "utility that effort adds to a channel",
     "Mean over the month; negative: neglect. 0 for a lab that steers nothing. Missing where the pair is not sold."},
    {Var::DemandCommon, "demand_common", {Time}, Type::F64, "1", Cell::Point, "common factor of AI demand",
     "What level and growth of all AI demand multiply the scenario's paths by, at an exposure of 1, in the month's last window."},
    {Var::DemandHits, "demand_hits", {Lab, Product, Time}, Type::F64, "1", Cell::Point, "hits and flops of a product",
     "What they multiply demand for it by, in the month's last window. Missing for training and research, which have none."},
    {Var::OtherRevenue, "other_revenue", {Firm, Time}, Type::F64, "USD", Cell::Sum, "revenue of clouds that is not AI",
     "The other business of the firm's clouds; a part of revenue."},
    {Var::AppSeats, "app_seats", {Application, Time}, Type::F64, "1", Cell::Point, "paid seats of an application", "In the month's last window."},
    {Var::AppRevenue, "app_revenue", {Application, Time}, Type::F64, "USD", Cell::Sum, "revenue of an application",
     "What its seats paid, as far as they were served; a part of the revenue of its firm."},
    {Var::SeatsAdded, "seats_added", {Application, Time}, Type::F64, "1", Cell::Sum, "seats attached", "New seats, a window late."},
    {Var::SeatsLapsed, "seats_lapsed", {Application, Time}, Type::F64, "1", Cell::Sum, "seats not renewed", "At the end of a term, a window late."},
    {Var::NetDebt, "net_debt", {Cloud, Time}, Type::F64, "USD", Cell::Point, "net debt",
     "Debt less cash of the cloud's firm, as published at the month's end. Missing where the firm keeps no account."},
    {Var::DebtLimit, "debt_limit", {Cloud, Time}, Type::F64, "USD", Cell::Point, "debt that lenders allow",
     "For what customers have contracted, and beyond it, at the month's end. Missing where the firm keeps no account."},
    {Var::DebtCoverage, "debt_coverage", {Cloud, Time}, Type::F64, "1", Cell::Point, "coverage of debt service",
     "Cash flow before capital over interest and repayment, of the last three months, at most 10. Missing where the firm keeps no account."},
    {Var::PeakUnserved, "peak_unserved", {Cloud, Time}, Type::F64, "H100e", Cell::Mean, "interactive load turned away at peaks",
     "Not served although the mean of the day would have fitted into the cloud's pools, mean; a part of `unserved`."},
    {Var::PortedShare, "ported_share", {Lab, Host, Time}, Type::F64, "1", Cell::Point, "share of a host that a lab can run on",
     "Of the compute that runs there the part in kinds of chip to which the lab's models are ported, in the month's last window. Missing where the lab does not run at all."},
    {Var::TrainingPlaces, "training_places", {Lab, Time}, Type::F64, "1", Cell::Mean, "pools in which a lab trains",
     "Mean over the month of the number of pools (cloud and region) that do training of the lab."},
    {Var::Discount, "discount", {Segment, Time}, Type::F64, "1", Cell::Mean, "discount on list",
     "What big accounts do not pay of list prices, as a share of all that the segment's enterprises spend at list on served work. Missing "
     "where nothing was spent."},
    {Var::Reliance, "reliance", {Segment, Time}, Type::F64, "1", Cell::Mean, "what doing without its cloud costs a big account",
     "Per dollar of list that it is expected to spend there, by its own utilities, as bargained last; weighted by that spending. Between two "
     "arms 1 - reliance / reliance is the leverage that the alternatives of the first give. Missing where no account bargains."},
    {Var::Leverage, "leverage", {Segment, Time}, Type::F64, "1", Cell::Mean, "share of what is at stake that big accounts win",
     "What they gain over buying at list, of the margin of their clouds and what commitments and service add to it; as bargained last."},
    {Var::IntegrationDepth, "integration_depth", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "depth of integration",
     "Weighted share of the seven items that the channel has for the lab's models, in the month's last window; of several kinds of buyers "
     "those who have most. Missing where the pair is not sold."},
    {Var::ControlScore, "control_score", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "share of controls",
     "Of identity, network, audit and billing, as integration_depth."},
    {Var::AgentsEligible, "agents_eligible", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "work of agents that would find what it needs there",
     "Share of the work of all agents with state, placed anywhere or nowhere, that needs no missing item and demands no more depth."},
    {Var::DepthUnmet, "depth_unmet", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "work that demands more depth",
     "Share of the work of all enterprises whose production the channel cannot have."},
    {Var::Crossings, "crossings", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "boundary crossings per unit of work",
     "Items that the work placed there needs and the channel lacks, mean over its volume. Missing where nothing is placed."},
    {Var::Nativeness, "nativeness", {Lab, Channel, Time}, Type::F32, "1", Cell::Point, "nativeness index",
     "integration_depth x control_score / (1 + crossing_cost x crossings per unit that the work of all enterprises would have there)."},
    {Var::AgentSales, "agent_sales", {Lab, Channel, Time}, Type::F64, "USD", Cell::Sum, "models sold to agents with state",
     "What their work cost at list, as far as it was served; a part of enterprise_spending. Missing where the pair is not sold."},
    {Var::RuntimeRent, "runtime_rent", {Firm, Time}, Type::F64, "USD", Cell::Sum, "fees for the runtime of agents",
     "What buyers of agents paid the firm for keeping their state (channels.*.runtime_fee); a part of revenue."},
    {Var::TrainingStart, "training_start", {TrainingRun}, Type::F64, "d", Cell::Run, "day on which a training run began",
     "Days from the start of the simulation until it got its place. Missing where it did not."},
    {Var::TrainingWait, "training_wait", {TrainingRun}, Type::F64, "d", Cell::Run, "wait of a training run",
     "Days from its submission, or from the start of the simulation where that is later, until it began. Missing where it did not begin."},
    {Var::TrainingEnd, "training_end", {TrainingRun}, Type::F64, "d", Cell::Run, "day on which a training run ended",
     "Days from the start of the simulation until its work was done; later than training_start and its duration where it got less than its size. "
     "Missing where it was not."},
    {Var::EnteredDay, "entered_day", {Cloud}, Type::F64, "d", Cell::Run, "day on which a cloud entered",
     "Days from the run's start until an entrant (clouds.*.entry) started its first site. Missing where it did not, and for clouds that "
     "were there on the first day."},
    {Var::EntryValue, "entry_value", {Cloud, Time}, Type::F64, "1", Cell::Point, "value of entry over its cost",
     "Of the least scale of an entrant that is outside, both as of its last review of the month; it enters where this reaches "
     "entry.hurdle_multiple. Missing once it has entered, before its first review, and for other clouds."},
    {Var::FundingGap, "funding_gap", {Cloud, Time}, Type::F64, "USD", Cell::Point, "funding gap of an entrant",
     "What its least scale needs beyond its equity, what lenders allow and its budget; missing as entry_value."},
    {Var::CapitalPerMw, "capital_per_mw", {Cloud, Time}, Type::F64, "USD/MW", Cell::Point, "capital need per megawatt",
     "Of facility power built in the month: the site, and the chips of the cloud's vendors that it takes. Missing where nobody sells it chips."},
    {Var::FrontierClouds, "frontier_clouds", {Time}, Type::F64, "1", Cell::Point, "clouds that can train at the frontier",
     "With a pool of which enough runs for the largest labs.*.training_block, whoever uses it, in the month's last window. Missing where "
     "no lab states one."},
}};
// clang-format on

constexpr std::array<ArmVariableRow, kArmVars> kArmVariableRows{{
    {ArmVar::ScenarioDigest, "scenario_digest", "", "digest of the scenario",
     "of the canonical values of the arm's scenario"},
    {ArmVar::ReplayPrices, "replay_prices", "", "arm whose prices were replayed",
     "the arm whose recorded prices this one took; empty where it decided"},
    {ArmVar::ReplayInvestment, "replay_investment", "", "arm whose investment was replayed",
     "the arm whose recorded orders and sites this one took; empty where it decided"},
    {ArmVar::DiscountRate, "discount_rate", "1", "discount rate", "of the net present values, per year of 365.25 d"},
    {ArmVar::ValuationDate, "valuation_date", "", "valuation date", "of the net present values, YYYY-MM-DD"},
    {ArmVar::Axes, "axes", "", "labels and months of the arm",
     "JSON; empty where the arm knows all labels and months of the file"},
    {ArmVar::Interventions, "interventions", "", "what was changed while the run went on",
     "JSON list of date, from, kind and what was given, as far as it had taken effect; empty where nothing was changed "
     "by hand"},
    {ArmVar::Scenario, "scenario", "", "resolved scenario", "TOML that loads again"},
}};

constexpr std::array<RunVariableRow, kRunVars> kRunVariableRows{{
    {RunVar::Complete, "complete", "", "completeness of the replication",
     "0: not done, all its values are missing; 1: done"},
    {RunVar::RunFingerprint, "run_fingerprint", "", "fingerprint of the replication",
     "SHA-256 of everything recorded of it; empty when not done"},
    {RunVar::EventLog, "event_log", "", "dated events",
     "JSON list of time, kind, subject, text: contract versions, releases, conflicts, sites; of the arm's lowest "
     "replication, empty for the others"},
    {RunVar::RunEnd, "run_end", "milliseconds since 1970-01-01", "end of the replication",
     "up to here it was simulated, exclusive; missing when not done"},
}};

/// Rows are in the order of their enumerators, so an enumerator is an index.
constexpr bool in_order() {
  for (std::size_t i = 0; i < kDims; ++i)
    if (static_cast<std::size_t>(kDimensionRows[i].id) != i) return false;
  for (std::size_t i = 0; i < kArmVars; ++i)
    if (static_cast<std::size_t>(kArmVariableRows[i].id) != i) return false;
  for (std::size_t i = 0; i < kRunVars; ++i)
    if (static_cast<std::size_t>(kRunVariableRows[i].id) != i) return false;
  for (std::size_t i = 0; i < kVars; ++i) {
    const VariableRow& v = kVariableRows[i];
    if (static_cast<std::size_t>(v.id) != i) return false;
    if ((v.cell == Cell::Run) == (v.dims.size > 0 && v.dims.values[v.dims.size - 1] == Time)) return false;
  }
  return true;
}
static_assert(in_order(), "rows follow the enumerators; time is last, and absent exactly for values of the whole run");

}  // namespace

std::span<const DimensionRow> dimensions() { return kDimensionRows; }
std::span<const VariableRow> variables() { return kVariableRows; }
std::span<const ArmVariableRow> arm_variables() { return kArmVariableRows; }
std::span<const RunVariableRow> run_variables() { return kRunVariableRows; }
const DimensionRow& row(Dim dim) { return kDimensionRows[static_cast<std::size_t>(dim)]; }
const VariableRow& row(Var variable) { return kVariableRows[static_cast<std::size_t>(variable)]; }
const ArmVariableRow& row(ArmVar variable) { return kArmVariableRows[static_cast<std::size_t>(variable)]; }
const RunVariableRow& row(RunVar variable) { return kRunVariableRows[static_cast<std::size_t>(variable)]; }

std::string_view name(Type type) { return type == Type::F64 ? "float64" : "float32"; }

std::string_view cell_methods(Cell cell) {
  switch (cell) {
    case Cell::Sum: return "time: sum";
    case Cell::Mean: return "time: mean";
    case Cell::Point: return "time: point";
    case Cell::Run: break;
  }
  return "";
}

}  // namespace rackrate::record
