#include "sim/scenario/schema.hpp"

#include "sim/scenario/custom_keys.hpp"
#include "sim/scenario/not_given.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::Clause;
using market::Scope;
using market::Version;
using K = market::ClauseKind;

constexpr std::array<std::string_view, 2> kReadings{"and", "or"};
constexpr std::array<std::string_view, 2> kCarryRules{"none", "one_period"};
constexpr std::array<std::string_view, 2> kBases{"lab_revenue", "channel_revenue"};
constexpr std::array<std::string_view, 2> kHostingPayers{"lab", "channel"};
constexpr std::array<std::string_view, 2> kUnusedRules{"release", "idle"};

Section table(std::string key, std::string meaning) {
  Section s;
  s.key = std::move(key);
  s.meaning = std::move(meaning);
  s.enter = same_struct();
  return s;
}

Section scope() {
  Section s = table("scope", "What the clause speaks of: a conjunction of sets; a set left out does not restrict.");
  s.enter = member(&Clause::scope);
  s.fields = {list("labs", at(&Scope::labs), Names::Labs, "Labs."),
              choices("model_class", at(&Scope::model_class), market::kModelClassNames, "Classes of models."),
              choices("products", at(&Scope::products), market::kProductNames, "Products."),
              list("segments", at(&Scope::segments), Names::ScopeSegments, "Segments of customers; us_natsec, or commercial for all others."),
              list("regions", at(&Scope::regions), Names::Regions, "Regions.")};
  return s;
}

Section waivers() {
  Section s = table("waivers", "Rights recorded as waived: the host is open from that date.");
  s.kinds = kinds_of(K::Rofr);
  Field when;
  when.key = "CLOUD";
  when.type = ValueType::Date;
  when.meaning = "From when this host is open.";
  when.names = Names::Clouds;
  s.entries.push_back(std::move(when));
  s.put = [](void* clause, const std::string& host, const Value& v) { static_cast<Clause*>(clause)->waivers.push_back({host, v.time}); };
  return s;
}

Section schedule() {
  Section s = table("schedule", "Steps of a reservation: from each date on, this share of it is in force; before the first, nothing.");
  s.kinds = kinds_of(K::Reservation);
  Field step;
  step.key = "DATE";
  step.type = ValueType::Number;
  step.unit = kShare;
  step.low = 0.0;
  step.high = 1.0;
  step.meaning = "Share in force from this date on.";
  s.entries.push_back(std::move(step));
  s.put = [](void* clause, const std::string& when, const Value& v) {
    market::ScheduleStep step_now{core::kNever, v.number};   // a text that is no date stays "never", which validation refuses
    if (!core::parse_time(when, step_now.from) || step_now.from < kFirstDate || step_now.from > kLastDate) step_now.from = core::kNever;
    static_cast<Clause*>(clause)->schedule.push_back(step_now);
  };
  return s;
}

/// The keys of clauses. Which kind takes which key stands at the end of its row.
std::vector<Field> clause_fields() {
  constexpr auto rights = kinds_of(K::Grant, K::Exclusive, K::Carveout, K::ShipFirst, K::Rofr, K::Rollout, K::Void, K::Ban, K::Primary, K::Tender);
  constexpr auto held = kinds_of(K::Exclusive, K::Carveout, K::ShipFirst, K::Rofr, K::Licence, K::Rollout, K::Void, K::Ban);
  constexpr auto paid = kinds_of(K::Commit, K::Revshare, K::Reservation, K::Tranche, K::Damages, K::Termination);
  constexpr auto about_lab = kinds_of(K::Revshare, K::Resale, K::Hosting, K::Primary, K::Reservation, K::Renegotiation, K::Tender);
  constexpr auto at_host = kinds_of(K::Hosting, K::Primary, K::Reservation, K::Renegotiation);
  constexpr auto reacts = kinds_of(K::Trigger, K::Renegotiation);
  return {
      choice("kind", at(&Clause::kind), market::kClauseKindNames, "What the clause does; decides which other keys it takes.").required(),
      flag("enabled", at(&Clause::enabled), "False: as if it were not written."),
      date("from", at(&Clause::from), "First instant, inside the version's dates.").if_absent("its version's effective date"),
      date("until", at(&Clause::until), "End, exclusive.").or_never(),
      choices("role", at(&Clause::roles), market::kRoleNames, "The role or roles it speaks of.").for_kinds(rights),
      list("grantee", at(&Clause::holders), Names::Actors, "Who receives the permission.").required().for_kinds(kinds_of(K::Grant)),
      list("holder", at(&Clause::holders), Names::Actors,
           "Who holds the right; of a carveout whom it exempts, of a void whose rights it strikes out, of a ban whom it forbids, in these three without it everybody; of a rollout the channel or host.").for_kinds(held),
      duration("lead", at(&Clause::lead), "How much earlier the holder ships.").for_kinds(kinds_of(K::ShipFirst)),
      duration("cure", at(&Clause::cure), "Time the holder has to cure.").for_kinds(kinds_of(K::ShipFirst)),
      choice("reading", at(&Clause::reading), kReadings, "Whether the exception needs \"cannot and chooses not to\" or either.").for_kinds(kinds_of(K::ShipFirst)),
      number("margin", at(&Clause::margin), kShare, "Headroom the capability test asks for.").at_least(0.0).for_kinds(kinds_of(K::ShipFirst)),
      date("preview", at(&Clause::preview), "Start of the preview.").or_never().if_absent("in preview from the start").for_kinds(kinds_of(K::Rollout)),
      date("general", at(&Clause::general), "General availability; \"never\" stays in preview.").or_never().if_absent("generally available from the start").for_kinds(kinds_of(K::Rollout)),
      number("allowlist", at(&Clause::allowlist), kShare, "Share of accounts admitted in preview.").within(0.0, 1.0).for_kinds(kinds_of(K::Rollout)),
      number("token_cap", at(&Clause::token_cap), kShare, "Share of an admitted account's volume served in preview.").within(0.0, 1.0).for_kinds(kinds_of(K::Rollout)),
      text("payer", at(&Clause::payer), "The firm that pays.").required().naming(Names::Firms).for_kinds(paid),
      text("payee", at(&Clause::payee), "The firm that is paid.").required().naming(Names::Firms).for_kinds(paid),
      number("amount", at(&Clause::amount_usd), kDollars, "Total commitment over the clause's dates; of a tranche the sum invested; of damages what a breach costs once; of a termination the fee.").required().at_least(0.0).for_kinds(kinds_of(K::Commit, K::Tranche, K::Damages, K::Termination)),
      number("already_drawn", at(&Clause::already_drawn_usd), kDollars, "Drawn before the run starts.").at_least(0.0).for_kinds(kinds_of(K::Commit)),
      duration("period", at(&Clause::period), "Length of a settlement period, 0 is the whole term; of a tender the time to the next, 0 is one only; of a renegotiation the time between appraisals.").zero_or_at_least(1.0).for_kinds(kinds_of(K::Commit, K::Tender, K::Renegotiation)),
      choice("carry", at(&Clause::carry), kCarryRules, "Whether a shortfall payment may be used in the next period.").for_kinds(kinds_of(K::Commit)),
      choice("base", at(&Clause::base), kBases, "The revenue that is shared.").for_kinds(kinds_of(K::Revshare)),
      text("lab", at(&Clause::lab), "Whose models.").required().naming(Names::Labs).for_kinds(about_lab),
      text("channel", at(&Clause::channel), "The channel whose sales it speaks of.").naming(Names::Channels).for_kinds(kinds_of(K::Revshare, K::Resale, K::Drawdown)),
      number("rate", at(&Clause::rate), kShare, "Share of the base; of a resale the channel's share of the price.").required().within(0.0, 1.0).for_kinds(kinds_of(K::Revshare, K::Resale)),
      number("cap", at(&Clause::cap_usd), kDollars, "Most that is paid in all.").at_least(0.0).if_absent("no cap").for_kinds(kinds_of(K::Revshare)),
      number("already_paid", at(&Clause::already_paid_usd), kDollars, "Paid toward the cap before the run starts.").at_least(0.0).for_kinds(kinds_of(K::Revshare)),
      choice("hosting", at(&Clause::hosting), kHostingPayers, "Who pays the host.").for_kinds(kinds_of(K::Resale)),
      text("host", at(&Clause::host), "The cloud that hosts.").required().naming(Names::Clouds).for_kinds(at_host),
      number("price", at(&Clause::price_usd), kDollarsPerHour, "Price of hosting, or of what is reserved.").at_least(0.0).if_absent("the cloud's list price").for_kinds(kinds_of(K::Hosting, K::Reservation)),
      number("weight", at(&Clause::weight), kShare, "By this share the lab's routing takes the host's cost to be lower; of a renegotiation the host's bargaining weight.").within(0.0, 1.0).for_kinds(kinds_of(K::Primary, K::Renegotiation)),
      number("min_share", at(&Clause::min_share), kShare, "Least share of the lab's volume at the host, where capacity permits.").within(0.0, 1.0).for_kinds(kinds_of(K::Primary)),
      number("quantity", at(&Clause::quantity_h100e), kCompute, "Compute reserved, this or power; of a tender what is asked for.").at_least(0.0).for_kinds(kinds_of(K::Reservation, K::Tender)),
      number("power", at(&Clause::power_mw), kMegawatts, "Facility power of the named chip reserved; this or quantity.").at_least(0.0).for_kinds(kinds_of(K::Reservation)),
      text("chip", at(&Clause::chip), "The silicon that is reserved.").naming(Names::Chips).if_absent("whatever the host has").for_kinds(kinds_of(K::Reservation)),
      choice("unused", at(&Clause::unused), kUnusedRules, "Whether others may use what the lab leaves.").for_kinds(kinds_of(K::Reservation)),
      number("valuation", at(&Clause::valuation_usd), kDollars, "Value of the firm after the investment; the tranche buys amount / valuation.").at_least(0.0).if_absent("no stake is bought").for_kinds(kinds_of(K::Tranche)),
      number("revenue", at(&Clause::revenue_usd), kDollarsPerYear, "Condition: twelve times the lab's revenue of the last full month reaches this.").at_least(0.0).if_absent("no such condition").for_kinds(kinds_of(K::Tranche, K::Trigger)),
      text("of_lab", at(&Clause::lab), "Condition: the lab whose revenue or unserved load is meant.").naming(Names::Labs).for_kinds(kinds_of(K::Tranche, K::Trigger)),
      number("capacity", at(&Clause::capacity_h100e), kCompute, "Condition: the compute installed at the cloud reaches this.").at_least(0.0).if_absent("no such condition").for_kinds(kinds_of(K::Tranche, K::Trigger)),
      text("at_cloud", at(&Clause::host), "Condition: the cloud whose capacity is meant.").naming(Names::Clouds).for_kinds(kinds_of(K::Tranche, K::Trigger)),
      text("after", at(&Clause::after), "Condition: this version, \"contract/version\", has been signed.").for_kinds(kinds_of(K::Tranche, K::Trigger)),
      text("owner", at(&Clause::payee), "The firm that holds the stake.").required().naming(Names::Firms).for_kinds(kinds_of(K::Equity)),
      text("firm", at(&Clause::payer), "The firm that is owned.").required().naming(Names::Firms).for_kinds(kinds_of(K::Equity)),
      number("share", at(&Clause::rate), kShare, "The stake; of a drawdown the most of a commitment that purchases may draw.").required().within(0.0, 1.0).for_kinds(kinds_of(K::Equity, K::Drawdown)),
      flag("exclusive", at(&Clause::sole), "Whether nobody else may use the IP.").for_kinds(kinds_of(K::Licence)),
      duration("window", at(&Clause::window), "Time the holder has to answer a request; silence waives.").for_kinds(kinds_of(K::Rofr)),
      duration("preview_after", at(&Clause::preview_after), "Mean time from the clause's first day to the preview, drawn by replication.").if_absent("preview says it").for_kinds(kinds_of(K::Rollout)),
      duration("preview_spread", at(&Clause::preview_spread), "Standard deviation of preview_after; 0 is no chance.").for_kinds(kinds_of(K::Rollout)),
      duration("general_after", at(&Clause::general_after), "Mean length of the preview, drawn by replication.").if_absent("general says it").for_kinds(kinds_of(K::Rollout)),
      duration("general_spread", at(&Clause::general_spread), "Standard deviation of general_after; 0 is no chance.").for_kinds(kinds_of(K::Rollout)),
      number("per_year", at(&Clause::per_year_usd), kDollarsPerYear, "Damages while a breach lasts, besides amount.").at_least(0.0).for_kinds(kinds_of(K::Damages)),
      duration("notice", at(&Clause::notice), "From the exercise of a termination to the contract's end; of a renegotiation from a conflict to the talks.").for_kinds(kinds_of(K::Termination, K::Renegotiation)),
      date("exercised", at(&Clause::exercised), "When notice is given.").or_never().for_kinds(kinds_of(K::Termination)),
      date("on", at(&Clause::on), "Condition: not before this date; of a renegotiation when the sides meet anyway; of a tender its first date.").if_absent("no such date").for_kinds(kinds_of(K::Trigger, K::Renegotiation, K::Tender)),
      number("hazard", at(&Clause::rate_per_year), kPerYear, "Condition: an event that comes by chance at this rate; of a renegotiation the base rate of talks.").within(0.0, 1e300).for_kinds(reacts),
      number("unserved", at(&Clause::unserved), kShare, "Condition: the unserved share of the lab's load reaches this.").within(0.0, 1.0).if_absent("no such condition").for_kinds(kinds_of(K::Trigger)),
      number("share_above", at(&Clause::share), kShare, "Condition: the firm's share of the layer's revenue over a quarter reaches this.").within(0.0, 1.0).if_absent("no such condition").for_kinds(kinds_of(K::Trigger)),
      text("of_firm", at(&Clause::firm), "Condition: the firm whose share is meant.").naming(Names::Firms).for_kinds(kinds_of(K::Trigger)),
      number("hhi", at(&Clause::hhi), kNumber, "Condition: the Herfindahl-Hirschman index of the layer over a quarter reaches this.").within(0.0, 10000.0).if_absent("no such condition").for_kinds(kinds_of(K::Trigger)),
      choice("layer", at(&Clause::layer), market::kLayerNames, "Condition: the layer that is meant.").for_kinds(kinds_of(K::Trigger)),
      number("stock", at(&Clause::stock), kNumber, "Condition: the stock of unmet need in the contract's renegotiation clause reaches this.").at_least(0.0).if_absent("no such condition").for_kinds(kinds_of(K::Trigger)),
      flag("breached", at(&Clause::breached), "Condition: a breach of this contract has begun.").for_kinds(kinds_of(K::Trigger)),
      duration("lasting", at(&Clause::lasting), "How long all conditions must have held.").for_kinds(kinds_of(K::Trigger)),
      list("switches_on", at(&Clause::switches_on), Names::Any, "Clauses switched on: \"clause\" of this contract, or \"contract/clause\"; of a renegotiation on agreement.").for_kinds(reacts),
      list("switches_off", at(&Clause::switches_off), Names::Any, "Clauses switched off, in the same way.").for_kinds(reacts),
      text("exercises", at(&Clause::exercises), "A termination clause of this contract of which notice is given.").for_kinds(kinds_of(K::Trigger)),
      text("renegotiates", at(&Clause::renegotiates), "A renegotiation clause of this contract that is opened.").for_kinds(kinds_of(K::Trigger)),
      number("unmet_slope", at(&Clause::unmet_slope), kNumber, "How the log hazard of talks rises with the stock of unmet need.").within(-1e3, 1e3).for_kinds(kinds_of(K::Renegotiation)),
      number("outside_slope", at(&Clause::outside_slope), kNumber, "How it rises with the share of the unserved load that barred hosts could take.").within(-1e3, 1e3).for_kinds(kinds_of(K::Renegotiation)),
      number("hurdle", at(&Clause::hurdle_usd), kDollarsPerYear, "What the two must gain by opening more than, to sign anything.").at_least(0.0).for_kinds(kinds_of(K::Renegotiation)),
      duration("half_life", at(&Clause::half_life), "Half-life of the stock of unmet need, whose inflow is the unserved share of the lab's load by year.").for_kinds(kinds_of(K::Renegotiation)),
      list("bidders", at(&Clause::holders), Names::Clouds, "The clouds that are asked.").required().for_kinds(kinds_of(K::Tender)),
      duration("term", at(&Clause::term), "How long what is awarded is reserved.").at_most(36525.0).required().for_kinds(kinds_of(K::Tender))};
}

}  // namespace

Section contracts_section(const market::contracts::CustomKinds& kinds) {
  Section clause = table("CLAUSE", "One clause.");
  clause.enter = element(&Version::clauses);
  clause.fields = clause_fields();
  add_custom_keys(kinds, clause.fields);
  clause.sections = {scope(), waivers(), schedule()};
  clause.rules = {{Rule::Kind::Before, "from", "until"}, {Rule::Kind::AtMost, "preview", "general"},
                  {Rule::Kind::NotBoth, "preview", "preview_after"}, {Rule::Kind::NotBoth, "general", "general_after"}};
  Section clauses = table("clauses", "The clauses of the version, by name.");
  clauses.named.push_back(std::move(clause));

  Section version = table("VERSION", "A version; in force is the one signed last among those whose dates cover the day.");
  version.enter = element(&market::Contract::versions);
  version.fields = {date("signed", at(&Version::signed_on), "Date of signature.").required(),
                    date("effective", at(&Version::effective), "First instant.").required(),
                    date("ends", at(&Version::ends), "End, exclusive.").or_never(),
                    choice("conflict", at(&Version::conflict), market::kConflictPolicyNames,
                           "What becomes of its grants where another contract's live exclusive bars them: nothing, a priced breach, or talks.")};
  version.sections = {std::move(clauses)};
  version.rules = {{Rule::Kind::Before, "effective", "ends"}};
  Section versions = table("versions", "The versions of the contract, by name.");
  versions.named.push_back(std::move(version));

  Section contract = table("CONTRACT", "A contract and all its versions.");
  contract.enter = [](void* draft, const std::string& name) -> void* {
    return element(&market::Parameters::contracts)(&static_cast<Draft*>(draft)->parameters, name);
  };
  contract.fields = {list("parties", at(&market::Contract::parties), Names::Firms, "The firms that signed; none under a regulator's order.").required(),
                     date("terminated", at(&market::Contract::terminated), "Ended early, exclusive: commitments lapse, versions to come never begin.").or_never()};
  contract.sections = {std::move(versions)};

  Section s = table("contracts", "The contracts. What no contract grants is not permitted.");
  s.named.push_back(std::move(contract));
  return s;
}

Section schema(const market::contracts::CustomKinds& kinds) {
  Section root = table("", "A scenario.");
  Field title = text("title", Access<Draft, std::string>{[](Draft& d) -> std::string& { return d.parameters.title; }}, "One line that says what the scenario is.");
  title.is_label = true;
  root.fields = {std::move(title), label("description", "More about it.")};
  for (auto part : {world_sections(), supply_sections(), demand_sections()})
    for (Section& s : part) root.sections.push_back(std::move(s));
  root.sections.push_back(contracts_section(kinds));
  refuse_what_says_nothing(root);
  return root;
}

}  // namespace rackrate::scenario
