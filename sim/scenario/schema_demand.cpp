#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::GrowthPath;
using market::Lab;
using market::LabCash;
using market::Parameters;
using market::SeatApplication;
using market::Segment;
using market::Stream;

/// NAME = number entries kept in a map member.
template <class T>
Section map_table(std::string key, std::string meaning, std::map<std::string, double> T::*member,
                  std::string placeholder, Names names, Field number_field) {
  Section s = table(std::move(key), std::move(meaning));
  number_field.key = std::move(placeholder);
  number_field.names = names;
  s.entries.push_back(std::move(number_field));
  s.put = [member](void* object, const std::string& name, const Value& v) {
    (static_cast<T*>(object)->*member)[name] = v.number;
  };
  return s;
}

Field share_entry(std::string meaning) {
  Field f;
  f.meaning = std::move(meaning);
  f.unit = kShare;
  f.low = 0.0;
  f.high = 1.0;
  return f;
}

template <class T>
Section share_table(std::string key, std::string meaning, std::map<std::string, double> T::*member,
                    std::string placeholder, Names names) {
  Section s = map_table(std::move(key), std::move(meaning), member, std::move(placeholder), names,
                        share_entry("Share; all entries sum to 1."));
  s.rules = {{Rule::Kind::SumIsOne, {}, {}}};
  return s;
}

Section stream() {
  Section s = table("STREAM",
                    "Demand that does not come through enterprises: compute, or users with compute and revenue each.");
  s.enter = element(&Lab::streams);
  s.fields = {
      choice("product", at(&Stream::product), market::kProductNames,
             "What is sold, which decides the contract roles it needs.")
          .required(),
      text("channel", at(&Stream::channel), "Seller of record.").naming(Names::Channels),
      number("compute", at(&Stream::compute_h100e), kCompute, "Average load at the start.").at_least(0.0),
      number("price", at(&Stream::price_usd), kDollarsPerHour, "Revenue per served hour of a compute stream.")
          .at_least(0.0),
      number("users", at(&Stream::users), kCount, "Users at the start.").at_least(0.0),
      number("users_ceiling", at(&Stream::users_ceiling), kCount, "Ceiling of the logistic growth of users.")
          .at_least(0.0)
          .if_absent("users stay as they are"),
      number("user_growth", at(&Stream::user_growth), kPerYear, "Growth of users at the start.").grows(),
      number("compute_per_million_users", at(&Stream::h100e_per_million_users), kComputePerMillion,
             "Average load of users at the start.")
          .at_least(0.0),
      number("revenue_per_user", at(&Stream::usd_per_user_month), kDollarsPerMonth, "Revenue per user.").at_least(0.0),
      number("revenue_growth", at(&Stream::revenue, &GrowthPath::rate), kPerYear,
             "Growth of revenue per user at the start.")
          .grows(),
      number("revenue_half_life", at(&Stream::revenue, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      number("price_elasticity", at(&Stream::price_elasticity), kNumber,
             "Elasticity of the load to the compute price of the lab's hosts; 1 is a budget in dollars.")
          .within(0.0, 5.0),
      number("intensity_growth", at(&Stream::intensity, &GrowthPath::rate), kPerYear,
             "Growth of load per user, or of the compute stream, before efficiency.")
          .grows(),
      number("intensity_half_life", at(&Stream::intensity, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive(),
      flag("efficiency_applies", at(&Stream::efficiency_applies), "Serving efficiency lowers the load."),
      number("volatility", at(&Stream::volatility), kNumber, "Spread of the monthly noise of the log load.")
          .within(0.0, 2.0),
      number("unserved_penalty", at(&Stream::unserved_penalty_usd), kDollarsPerHour,
             "Penalty of an unserved hour in clearing.")
          .at_least(0.0)
          .if_absent("the penalty of its tier")};
  s.rules = {{Rule::Kind::NotBoth, "compute", "users"}, {Rule::Kind::AtMost, "users", "users_ceiling"}};
  s.sections = {share_table("regions", "Where its users are; without it all regions serve it alike.", &Stream::regions,
                            "REGION", Names::Regions)};
  return s;
}

Section product_price() {
  Section s = table("product_price", "Multipliers of the list price.");
  for (const market::Product product : market::ByProduct<double>::keys()) {
    const Access<Lab, double> access = [product](Lab& l) -> double& { return l.product_price[product]; };
    s.fields.push_back(
        number(std::string{market::name_of(product)}, access, kNumber, "Multiplier of this product.").at_least(0.0));
  }
  return s;
}

Section segment_brand() {
  Field brand = entry("SEGMENT", kNumber, "Added taste of the segment.");
  brand.low = -brand.high;
  return map_table("segment_brand", "Taste for the lab by segment, on top of `brand`.", &Lab::segment_brand, "SEGMENT",
                   Names::Segments, brand);
}

Section routes() {
  Section route = table("CLOUD", "A host the lab's models can run on.");
  route.names = Names::Clouds;
  route.enter = [](void* lab_object, const std::string& host) -> void* {
    auto& routes = static_cast<Lab*>(lab_object)->routes;
    routes.push_back({host, -1.0, true});
    return &routes.back();
  };
  route.fields = {number("serving_cost", at(&market::Route::serving_cost_usd), kDollarsPerHour,
                         "Cost of serving there, by which clearing compares hosts.")
                      .at_least(0.0)
                      .if_absent("the host's price"),
                  flag("ported", at(&market::Route::ported), "Its models are or will be ported to the host."),
                  date("from", at(&market::Route::from), "Since when they run there.").if_absent("from the start")};
  Section s = table("routes", "Where it can run; a host that is not listed needs a port first.");
  s.named.push_back(std::move(route));
  return s;
}

Section chips() {
  using market::ChipPort;
  Section port = table("VENDOR", "A kind of chip that its models run on.");
  port.names = Names::Vendors;
  port.enter = [](void* lab_object, const std::string& vendor) -> void* {
    auto& chips = static_cast<Lab*>(lab_object)->chips;
    chips.push_back({});
    chips.back().vendor = vendor;
    return &chips.back();
  };
  port.fields = {
      date("from", at(&ChipPort::from), "Since when they run there.").or_never().if_absent("from the start"),
      number("time", at(&ChipPort::months), kMonths, "Length of the work before that day.").within(0.0, 120.0),
      number("cost", at(&ChipPort::cost_usd), kDollars, "What this work costs, in equal parts over its length.")
          .at_least(0.0),
      number("training_least", at(&ChipPort::training_least), kNumber,
             "H100-equivalents of one unit: it trains on no weaker chip of this vendor. Other work runs on all.")
          .within(0.0, 1e4)
          .if_absent("it trains on all of them")};
  Section s = table("chips", "The vendors on whose chips its models run; without it, on all.");
  s.named.push_back(std::move(port));
  return s;
}

/// Dates of items; a channel without a table has them as drawn.
Section items() {
  using market::ChannelItems;
  Section channel = table("CHANNEL", "Its items there.");
  channel.names = Names::Channels;
  channel.enter = [](void* lab_object, const std::string& name) -> void* {
    auto& items = static_cast<Lab*>(lab_object)->items;
    items.push_back({});
    items.back().channel = name;
    return &items.back();
  };
  for (const market::Item item : market::ByItem<int>::keys()) {
    const Access<ChannelItems, core::SimTime> of = [item](ChannelItems& c) -> core::SimTime& { return c.date[item]; };
    channel.fields.push_back(
        date(std::string{market::name_of(item)}, of, "When it ships; with the listing where that is later.")
            .or_never()
            .if_absent("as drawn"));
  }
  Section s = table("items", "When items of integration ship on a channel, where that is known.");
  s.named.push_back(std::move(channel));
  return s;
}

std::vector<Field> lab_fields() {
  return {
      text("firm", at(&Lab::firm), "The firm it belongs to.").required().naming(Names::Firms),
      choice("model_class", at(&Lab::model_class), market::kModelClassNames, "Whether its weights are public."),
      number("quality", at(&Lab::quality), kNumber, "Quality of its best model at the start, in utility."),
      number("release_gap", at(&Lab::release_gap_days), kDays, "Mean time between releases.").within(1.0, 36525.0),
      number("frontier_probability", at(&Lab::frontier_probability), kShare, "Chance that a release takes the lead.")
          .within(0.0, 1.0),
      number("jump_mean", at(&Lab::jump_mean), kNumber, "Mean lead of such a release over the old frontier.")
          .at_least(0.0),
      number("gap_mean", at(&Lab::gap_mean), kNumber, "Mean distance of any other release behind the frontier.")
          .at_least(0.0),
      number("port", at(&Lab::port_days_mean), kDays, "Mean time from release to a channel other than its own.")
          .at_least(0.0),
      number("kappa", at(&Lab::kappa), kComputePerToken, "Compute to serve a million tokens at the start.")
          .at_least(0.0),
      number("launch_compute", at(&Lab::launch_h100e), kCompute,
             "Compute that a launch needs at a ship-first holder, in the capability test.")
          .at_least(0.0),
      number("kappa_growth", at(&Lab::kappa_growth), kPerYear, "Growth of compute per token on new models.").grows(),
      number("list_price", at(&Lab::list_price_usd), kDollars,
             "Price of a reference work unit; the reference model's is 1 $.")
          .within(0.0, 1e6),
      number("tokens_per_unit", at(&Lab::tokens_per_unit), kNumber,
             "Tokens per work unit relative to the reference model.")
          .positive(),
      number("channel_fee", at(&Lab::channel_fee), kShare, "A reseller's share where no resale clause is in force.")
          .within(0.0, 1.0),
      number("brand", at(&Lab::brand), kNumber, "Taste for the lab common to all enterprises."),
      number("other_cost_share", at(&Lab::other_cost_share), kShare, "Costs other than compute, per dollar of revenue.")
          .within(0.0, 10.0),
      number("channel_cost", at(&Lab::channel_cost_usd), kDollarsPerYear,
             "What each channel but its own costs the lab while anything of it may be bought there: support, billing, "
             "conflicts.")
          .at_least(0.0),
      choice("channel_pricing", at(&Lab::channel_pricing), market::kChannelPricingNames,
             "Its price on the channels where it sets one: its list, less where it keeps more of it, or its best reply "
             "to all other prices."),
      number(
          "channel_price_pass", at(&Lab::channel_price_pass), kShare,
          "Rule margin: share of the difference in margin, to all that it sells, that the price on a channel makes up "
          "for.")
          .within(0.0, 2.0),
      number("channel_price_bound", at(&Lab::channel_price_bound), kShare,
             "Largest difference of its price on a channel from its list, whoever sets it.")
          .within(0.0, 0.9),
      number(
          "training_block", at(&Lab::training_block_h100e), kCompute,
          "Least training in one pool: where it would get less it trains elsewhere. 0: training may be split at will.")
          .at_least(0.0),
      list("host_preference", at(&Lab::host_preference), Names::Clouds,
           "Order of choice among hosts that are otherwise equal.")};
}

/// Bounds keep the work of a run, in H100e-milliseconds, within 64 bits.
Section runs() {
  using market::TrainingRun;
  Section run = table("RUN", "A training run: all of its size in one pool, or none of it, until its work is done.");
  run.enter = element(&Lab::runs);
  run.fields = {
      date("submitted", at(&TrainingRun::submitted), "When it joins the queue.").required(),
      number("size", at(&TrainingRun::h100e), kCompute, "What it runs on.").required().within(1.0, 1e7),
      number("duration", at(&TrainingRun::days), kDays, "How long it takes at its full size.")
          .required()
          .within(0.01, 3652.5),
      list("clouds", at(&TrainingRun::clouds), Names::Clouds, "Where it may run. Empty: wherever the lab trains."),
      list("regions", at(&TrainingRun::regions), Names::Regions, "In which regions. Empty: in all."),
      flag("release", at(&TrainingRun::holds_releases),
           "The lab's next release waits for it: no model is released from its submission until its end.")};
  Section s =
      table("runs", "A calendar of training runs. Their compute is a part of the lab's training, not beside it.");
  s.named.push_back(std::move(run));
  return s;
}

Access<Lab, double> of_steering(double market::Steering::*member) { return at(&Lab::steering, member); }

Section steering() {
  using market::Steering;
  Section s =
      table("steering", "Effort for the channels on which it earns more: sales, integrations, quotas, launches.");
  s.fields = {
      number(
          "strength", of_steering(&Steering::strength), kNumber,
          "Utility of a channel per 100 % of the price that the lab earns more there than on all that it sells; 0: it "
          "steers nothing.")
          .within(0.0, 20.0),
      number("bound", of_steering(&Steering::bound), kNumber, "Most utility that effort adds, or neglect takes.")
          .within(0.0, 5.0),
      number("time", of_steering(&Steering::months), kMonths, "Time constant in which effort moves.")
          .within(0.1, 120.0),
      number("cost_share", of_steering(&Steering::cost_share), kShare,
             "Cost of full effort for one channel, of the lab's revenue.")
          .within(0.0, 1.0),
      number(
          "launch", of_steering(&Steering::launch), kShare,
          "Share of a port's time by which launches are early or late, per 100 % of the price that the lab earns more "
          "or less there.")
          .within(0.0, 1.0)};
  return s;
}

/// Values of `lab.cash`.
Access<Lab, double> of_cash(double LabCash::*member) { return at(&Lab::cash, member); }

std::vector<Field> cash_fields() {
  return {
      number("opening", of_cash(&LabCash::opening_usd), kDollars, "Cash of its firm at the start.")
          .at_least(0.0)
          .if_absent("it keeps no account: its firm pays whatever it costs"),
      flag("limits", at(&Lab::cash, &LabCash::limits),
           "Budgets follow from the account; false: the account is kept and nothing follows."),
      number(
          "overdraft", of_cash(&LabCash::overdraft_usd), kDollars,
          "Credit line: how far below zero cash may fall. Below it an event says so, nothing is trained or researched "
          "but what is owed or paid for anyway, and the next month begins with a rescue by investors.")
          .at_least(0.0),
      number("buffer", of_cash(&LabCash::buffer_months), kMonths,
             "With cash and credit for less of training and research than this, they are cut day by day in proportion.")
          .within(0.1, 24.0),
      number("horizon", of_cash(&LabCash::horizon_months), kMonths, "Over which cash and expected funding are spread.")
          .within(1.0, 120.0),
      number("share", of_cash(&LabCash::share), kShare, "Share of them for training and research.").within(0.0, 1.0),
      number("research_floor", of_cash(&LabCash::research_floor), kShare,
             "Share of its plans of training and of research below which its budget does not go, as far as cash lasts "
             "for it over the runway.")
          .within(0.01, 1.0),
      number("restart", of_cash(&LabCash::restart_months), kMonths,
             "Time in which budgets of training and research that were cut to nothing return in full; smaller cuts in "
             "proportion.")
          .within(0.1, 60.0),
      number("runway", of_cash(&LabCash::runway_months), kMonths,
             "With cash for less it defers commitments, where they may be, and may default on them.")
          .within(0.1, 120.0),
      number("default_hazard", of_cash(&LabCash::default_hazard), kPerYear,
             "Hazard of default on the commitments of each contract at no cash at all; it grows in proportion to what "
             "is missing to the runway.")
          .within(0.0, 100.0),
      number("round_gap", of_cash(&LabCash::round_gap_months), kMonths,
             "Mean time from one funding round to the next, after the last of `rounds`.")
          .positive()
          .if_absent("no rounds but those of `rounds`"),
      number("round_per_growth", of_cash(&LabCash::round_per_growth), kNumber,
             "Dollars of such a round per dollar by which yearly revenue has grown in a year.")
          .at_least(0.0),
      number("round_spread", of_cash(&LabCash::round_spread), kNumber, "Spread of the logarithm of its size.")
          .within(0.0, 3.0),
      number("round_covers", of_cash(&LabCash::round_covers_months), kMonths,
             "No such round brings more than makes cash pay for so much of its training and research as planned.")
          .at_least(0.0)
          .if_absent("rounds come whatever cash it holds")};
}

Section cash() {
  Section round = table("ROUND", "Money that investors outside the scenario have promised.");
  round.enter = element(&LabCash::rounds);
  round.fields = {
      date("date", at(&market::FundingRound::date), "When it is paid; before the start it is in `opening`.").required(),
      number("amount", at(&market::FundingRound::amount_usd), kDollars, "How much.").required().at_least(0.0)};
  Section rounds = table("rounds", "Funding rounds with a date.");
  rounds.enter = member(&Lab::cash);
  rounds.named.push_back(std::move(round));
  Section s = table("cash", "What it has to spend, and what it does when that runs short.");
  s.fields = cash_fields();
  s.sections = {std::move(rounds)};
  return s;
}

Section lab() {
  Section s = table("LAB", "A model lab: quality, releases, prices, own demand and where its models run.");
  s.enter = [](void* draft, const std::string& name) -> void* {
    return element(&Parameters::labs)(&static_cast<Draft*>(draft)->parameters, name);
  };
  s.fields = lab_fields();
  Section streams = table("streams", "The lab's demand outside enterprises.");
  streams.named.push_back(stream());
  s.sections = {product_price(), segment_brand(), std::move(streams), routes(), chips(), items(),
                runs(),          cash(),          steering()};
  return s;
}

/// Who attaches and who renews.
std::vector<Field> seat_fields() {
  using A = SeatApplication;
  return {
      text("surface", at(&A::surface), "Applications with the same one compete for the same workers."),
      number("rivalry", at(&A::rivalry), kShare, "Share of its rivals' seats that it cannot have.").within(0.0, 1.0),
      number("quality_response", at(&A::quality_response), kNumber,
             "Response of the logs of attachment and of renewal to the lead in quality over the best rival.")
          .within(0.0, 20.0),
      number("term", at(&A::term_months), kMonths, "Term of a licence.").within(1.0, 120.0),
      number("lapse", at(&A::lapse), kShare, "Share not renewed at the end of a term, of those without a habit.")
          .within(0.0, 0.999),
      number("habit_effect", at(&A::habit_effect), kShare, "Share of these lapses that a full habit prevents.")
          .within(0.0, 1.0),
      number("habit", at(&A::habit), kShare, "Mean habit of the seats of the first day.").within(0.0, 1.0),
      number("habit_half_life", at(&A::habit_half_life_months), kMonths,
             "In which half of what is missing to a full habit forms.")
          .positive()};
}

Section application() {
  using A = SeatApplication;
  Section s = table("APPLICATION", "Seats of an application built on a licensed model.");
  s.enter = [](void* draft, const std::string& name) -> void* {
    return element(&Parameters::applications)(&static_cast<Draft*>(draft)->parameters, name);
  };
  s.fields = {
      text("firm", at(&A::firm), "The firm that sells it.").required().naming(Names::Firms),
      text("lab", at(&A::lab), "Whose models it runs.").required().naming(Names::Labs),
      text("channel", at(&A::channel), "Seller of record.").naming(Names::Channels),
      number("seats", at(&A::seats), kCount, "Paid seats at the start.").at_least(0.0),
      number("installed_base", at(&A::installed_base), kCount, "Seats it could be attached to.").at_least(0.0),
      number("ceiling_share", at(&A::ceiling_share), kShare, "Largest share of the base that ever attaches.")
          .within(0.0, 1.0),
      number("bass_p", at(&A::bass_p), kPerYear, "Innovation hazard.").at_least(0.0),
      number("bass_q", at(&A::bass_q), kPerYear, "Imitation hazard.").at_least(0.0),
      number("revenue_per_seat", at(&A::usd_per_seat_month), kDollarsPerMonth, "Price of a seat.").at_least(0.0),
      number("compute_per_million_seats", at(&A::h100e_per_million_seats), kComputePerMillion,
             "Average load of seats at the start.")
          .at_least(0.0),
      number("intensity_growth", at(&A::intensity, &GrowthPath::rate), kPerYear,
             "Growth of load per seat, before efficiency.")
          .grows(),
      number("intensity_half_life", at(&A::intensity, &GrowthPath::half_life_years), kYears,
             "Half-life of that growth.")
          .positive()};
  for (Field& field : seat_fields()) s.fields.push_back(std::move(field));
  s.rules = {{Rule::Kind::AtMost, "seats", "installed_base"}};
  s.sections = {share_table("routing",
                            "Whose models do its work, of those that its licences permit; without it all of it is "
                            "`lab`'s.",
                            &A::routing, "LAB", Names::Labs)};
  return s;
}

Section segment() {
  Section s = table("SEGMENT", "Enterprises of one kind.");
  s.enter = [](void* draft, const std::string& name) -> void* {
    return element(&Parameters::segments)(&static_cast<Draft*>(draft)->parameters, name);
  };
  s.fields = {
      number("enterprises", at(&Segment::enterprises), kCount, "Real enterprises it stands for.").at_least(0.0),
      number("sample_share", at(&Segment::sample_share), kShare,
             "Its share of the simulated enterprises; all segments sum to 1.")
          .within(0.0, 1.0),
      number("size_sigma", at(&Segment::size_sigma), kNumber, "Spread of lognormal size around a mean of 1.")
          .within(0.0, 5.0),
      flag("resident", at(&Segment::resident), "Its data must stay in its region."),
      number("adopters", at(&Segment::adopters), kShare, "Share that has adopted at the start.").within(0.0, 1.0),
      number("bass_p", at(&Segment::bass_p), kPerYear, "Innovation hazard of adoption.").at_least(0.0),
      number("bass_q", at(&Segment::bass_q), kPerYear, "Imitation hazard of adoption.").at_least(0.0),
      number("workloads_per_year", at(&Segment::workloads_per_year), kCount, "New workloads a year after adoption.")
          .within(0.0, 1e3),
      number("committed", at(&Segment::committed), kShare, "Share with a yearly commitment to their primary cloud.")
          .within(0.0, 1.0),
      number("commitment", at(&Segment::commitment_usd_per_year), kDollarsPerYear,
             "Commitment of one of them, mean over sizes.")
          .at_least(0.0),
      number("unburned", at(&Segment::unburned), kShare,
             "Share of a commitment that ordinary use leaves: owed anyway, unless purchases draw it.")
          .within(0.0, 1.0),
      number("controls", at(&Segment::controls), kShare,
             "Probability that work which needs a control (identity, network, audit, billing) of a channel not by its "
             "kind needs it here.")
          .within(0.0, 1.0),
      number("max_workloads", at(&Segment::max_workloads), kCount,
             "Largest number of workloads of one enterprise, a whole number.")
          .within(0.0, 1e3),
      number("units_per_day", at(&Segment::units_per_day), kCount,
             "Work units a day of a workload at full volume, mean.")
          .at_least(0.0),
      number("price_sensitivity", at(&Segment::price_sensitivity), kNumber,
             "Disutility per logarithm of a price, or per reference dollar in the linear form; mean.")
          .positive(),
      number("price_sensitivity_sigma", at(&Segment::price_sensitivity_sigma), kNumber, "Spread of its logarithm.")
          .within(0.0, 2.0),
      number("split", at(&Segment::split), kShare,
             "Share of its enterprises that split their work over clouds on purpose.")
          .within(0.0, 1.0),
      number(
          "native", at(&Segment::native), kShare,
          "Share that builds with what its primary cloud offers, as far as `split` leaves it; the rest consolidates.")
          .within(0.0, 1.0)};
  s.sections = {
      share_table("incumbent", "Mean share of each cloud in its estate.", &Segment::incumbent, "CLOUD", Names::Clouds),
      share_table("regions", "Where its enterprises are.", &Segment::regions, "REGION", Names::Regions),
      share_table("products", "What its workloads are.", &Segment::products, "PRODUCT", Names::Products)};
  return s;
}

Section group(std::string key, std::string meaning, Section named) {
  Section s = table(std::move(key), std::move(meaning));
  s.named.push_back(std::move(named));
  return s;
}

}  // namespace

std::vector<Section> demand_sections() {
  Section segments = group("segments", "The enterprises.", segment());
  segments.rules = {{Rule::Kind::PartsSumToOne, "sample_share", {}}};
  return {group("labs", "The model labs.", lab()),
          group("applications", "Applications sold by the seat.", application()), std::move(segments)};
}

}  // namespace rackrate::scenario
