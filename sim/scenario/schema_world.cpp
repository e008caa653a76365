#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::ChoiceParameters;
using market::ClearingParameters;
using market::EfficiencyParameters;
using market::HostingParameters;
using market::LeaseParameters;
using market::Parameters;
using market::PriceParameters;
using market::RunParameters;
using market::SiteParameters;

Section fixed(std::string key, std::string meaning, std::function<void*(void*, const std::string&)> enter,
              std::vector<Field> fields) {
  Section s;
  s.key = std::move(key);
  s.meaning = std::move(meaning);
  s.enter = std::move(enter);
  s.fields = std::move(fields);
  return s;
}

template <class S>
std::function<void*(void*, const std::string&)> parameter(S Parameters::*m) {
  return [m](void* draft, const std::string&) -> void* { return &(static_cast<Draft*>(draft)->parameters.*m); };
}

Section run() {
  using P = RunParameters;
  Section s = fixed(
      "run", "The horizon and what every replication shares.", parameter(&Parameters::run),
      {date("start", at(&P::start), "First instant of the run.").required(),
       date("end", at(&P::end), "End of the run, exclusive.").required(),
       date("valuation_date", at(&P::valuation_date), "t0 of every net present value.").if_absent("the start"),
       duration("window", at(&P::window),
                "Length of a clearing window, which is also the lookahead between processes. Windows are counted from "
                "run.start, split at month ends and at dates of the contracts, and the last one is cut at run.end.")
           .within(1.0 / 24.0, 31.0),
       number("discount_rate", at(&P::discount_rate), kPerYear, "Discount rate, compounded yearly.").within(0.0, 10.0),
       integer("enterprises", at(&P::enterprises), "Simulated enterprises, standing for all of [segments].")
           .within(0, 1e6)});
  s.is_required = true;
  s.rules = {{Rule::Kind::Before, "start", "end"}};
  return s;
}

Section named_titles(std::string key, std::string placeholder, std::string meaning,
                     std::function<void*(void*, const std::string&)> enter, std::vector<Field> fields) {
  Section s = fixed(std::move(key), std::move(meaning), same_struct(), {});
  s.named.push_back(fixed(std::move(placeholder), "", std::move(enter), std::move(fields)));
  return s;
}

/// What an alternative is worth.
std::vector<Field> utility_fields() {
  using P = ChoiceParameters;
  return {
      choice("form", at(&P::form), market::kUtilityFormNames,
             "How the price enters the utility: times its logarithm, so that elasticities keep their size as prices "
             "fall, or in dollars."),
      number("free_at_most", at(&P::free_at_most), kShare,
             "Most that drawing a commitment takes off a price as the logarithmic form sees it.")
          .within(0.0, 0.99),
      number("lambda_lab", at(&P::lambda_lab), kNumber, "Dissimilarity of the nests by lab; 1 is plain logit.")
          .within(0.05, 1.0),
      number("lambda_cloud", at(&P::lambda_cloud), kNumber, "Dissimilarity of the nests by cloud.").within(0.05, 1.0),
      number("beta_quality", at(&P::beta_quality), kNumber, "Utility of one unit of model quality."),
      number("beta_gravity", at(&P::beta_gravity), kNumber,
             "Utility of a host where all of the enterprise's data lies."),
      number("beta_runtime", at(&P::beta_runtime), kNumber, "The same for the runtime of agents."),
      number("beta_integration", at(&P::beta_integration), kNumber, "Utility of full integration with the channel."),
      number("beta_wait", at(&P::beta_wait), kNumber, "Disutility per ln(1 + wait / wait_scale)."),
      number("wait_scale", at(&P::wait_scale_hours), kHours, "The scale in that term.").positive(),
      number("outside", at(&P::outside), kNumber,
             "Utility of no deployment, or self-hosted open weights, on the first day."),
      number("outside_pace", at(&P::outside_pace), kShare,
             "Part of the frontier's gain in quality that the outside option follows.")
          .within(0.0, 1.0),
      number("outside_lag", at(&P::outside_lag_days), kDays, "Half-life in which it follows; 0: at once.")
          .at_least(0.0),
      number("taste_sigma", at(&P::taste_sigma), kNumber, "Spread of an enterprise's lasting taste for a lab.")
          .at_least(0.0)};
}

/// When and how a workload reviews its placement.
std::vector<Field> review_fields() {
  using P = ChoiceParameters;
  return {
      number("switching", at(&P::switching), kNumber, "Utility cost of leaving the present placement.").at_least(0.0),
      number("switching_cost", at(&P::switching_usd), kDollars,
             "One-off money cost of a switch per unit of daily volume.")
          .at_least(0.0),
      number("review", at(&P::review_days), kDays, "Mean time between a workload's reviews.").within(1.0, 36525.0),
      number("refresh", at(&P::refresh), kShare, "Probability that tastes are drawn afresh at a review.")
          .within(0.0, 1.0),
      number("response", at(&P::response_days), kDays, "Mean delay of a review that an event triggers.").at_least(0.0),
      number("gravity_concentration", at(&P::gravity_concentration), kNumber,
             "Dirichlet concentration of incumbent shares around the segment's mean.")
          .positive(),
      duration(
          "belief_lag", at(&P::belief_lag),
          "Half-life in which customers become aware of what a contract permits, from its signature on; 0: at once.")};
}

/// How much a workload buys, and what its buyer sees and pays besides.
std::vector<Field> volume_fields() {
  using P = ChoiceParameters;
  return {
      number("learning", at(&P::learning_days), kDays, "Time constant at which a workload reaches its full volume.")
          .at_least(0.0),
      number("elasticity", at(&P::elasticity), kNumber, "Price elasticity of a workload's volume.").within(0.0, 5.0),
      number("governance_first", at(&P::governance_first), kShare,
             "Governance cost of each cloud after the first, as a share of AI spend.")
          .within(0.0, 1.0),
      number("governance_pair", at(&P::governance_pair), kShare,
             "Governance cost of each pair of clouds, as a share of AI spend.")
          .within(0.0, 1.0),
      number("release_gap_trigger", at(&P::release_gap_trigger), kNumber,
             "Lead in quality of a new model that triggers a review.")
          .at_least(0.0),
      number("preview_discount", at(&P::preview_discount), kNumber, "Utility cost of a placement in preview.")
          .at_least(0.0),
      number("volume_growth", at(&P::volume_growth_rate), kPerYear,
             "Growth of the volume of every workload at the start.")
          .grows(),
      number("volume_growth_half_life", at(&P::volume_growth_half_life), kYears, "Half-life of that growth.")
          .positive(),
      number(
          "autonomy", at(&P::autonomy_rate), kPerYear,
          "Growth, at the start, of the work that an agent with state does beside it, as it is left to work alone for "
          "longer.")
          .grows(),
      number("autonomy_half_life", at(&P::autonomy_half_life), kYears, "Half-life of that growth.").positive()};
}

/// What answers the inclusive value of all that is offered, and pilots.
std::vector<Field> response_fields() {
  using P = ChoiceParameters;
  return {
      number("adoption_response", at(&P::adoption_response), kNumber,
             "Response of the logarithm of the hazard of adoption to the inclusive value of what is offered, over the "
             "outside option and since the first day.")
          .within(0.0, 5.0),
      number("pilot_response", at(&P::pilot_response), kNumber, "The same of the hazard from pilot to production.")
          .within(0.0, 5.0),
      number("volume_response", at(&P::volume_response), kNumber, "The same of the volume of every workload.")
          .within(0.0, 5.0),
      number("pilot", at(&P::pilot_days), kDays,
             "Mean time that a new workload is a pilot, on the first day's terms; 0: there are no pilots.")
          .at_least(0.0),
      number("pilot_share", at(&P::pilot_share), kShare, "Part of its full volume that a pilot has.").within(0.0, 1.0)};
}

/// Which clouds an enterprise looks at, and how it builds.
std::vector<Field> architecture_fields() {
  using P = ChoiceParameters;
  return {
      number("considered", at(&P::considered), kNumber,
             "Clouds that an enterprise which may come to spend 1 M$ a year considers beside those that it uses.")
          .at_least(0.0)
          .if_absent("all"),
      number("considered_by_size", at(&P::considered_by_size), kNumber, "What ten times the size adds to it.")
          .within(0.0, 10.0),
      number("split_governance", at(&P::split_governance), kNumber,
             "What governing one more cloud costs an enterprise that splits its work on purpose, relative to others.")
          .within(0.0, 10.0),
      number("split_aversion", at(&P::split_aversion), kNumber,
             "Utility that such an enterprise loses at a cloud which has other work of its own.")
          .within(0.0, 10.0),
      number("consolidate_pull", at(&P::consolidate_pull), kNumber,
             "Utility that an enterprise which consolidates gains at clouds that it governs already.")
          .within(0.0, 10.0),
      number("native_pull", at(&P::native_pull), kNumber,
             "Utility that an enterprise which builds with what its primary cloud offers gains there.")
          .within(0.0, 10.0)};
}

Section choice_section() {
  std::vector<Field> fields;
  for (const auto& part :
       {utility_fields(), review_fields(), volume_fields(), response_fields(), architecture_fields()})
    fields.insert(fields.end(), part.begin(), part.end());
  return fixed("choice", "How enterprises choose a placement (cross-nested logit) and when they review it.",
               parameter(&Parameters::choice), std::move(fields));
}

Section sources() {
  Section s = named_titles("sources", "SOURCE", "Where figures come from; `source` keys name an entry.", same_struct(),
                           {label("url", "Where it can be read."), label("accessed", "When it was read.")});
  s.is_label = true;
  return s;
}

Section sites() {
  using Site = SiteParameters;
  Section s =
      fixed("sites", "The lead time of power at a new site: lognormal, truncated.", parameter(&Parameters::sites),
            {number("lead_median", at(&Site::lead_median_days), kDays, "Median lead time.").positive(),
             number("lead_sigma", at(&Site::lead_sigma), kNumber, "Spread of its logarithm.").within(0.0, 5.0),
             number("lead_min", at(&Site::lead_min_days), kDays, "Shortest lead time.").at_least(0.0),
             number("lead_max", at(&Site::lead_max_days), kDays, "Longest lead time.").positive()});
  s.rules = {{Rule::Kind::AtMost, "lead_min", "lead_median"}, {Rule::Kind::AtMost, "lead_median", "lead_max"}};
  return s;
}

/// Interactive products only: nobody waits for the others.
Section swing() {
  Section s =
      fixed("swing", "How far load swings around its mean within the day, by interactive product.", same_struct(), {});
  for (const market::Product product :
       {market::Product::Consumer, market::Product::ApiStateless, market::Product::EntApp,
        market::Product::AgentStateful, market::Product::Copilot}) {
    const Access<ClearingParameters, double> access = [product](ClearingParameters& c) -> double& {
      return c.swing[product];
    };
    s.fields.push_back(
        number(std::string{market::name_of(product)}, access, kShare, "Peak over mean, less 1.").within(0.0, 1.0));
  }
  return s;
}

Section clearing() {
  const auto penalty = [](std::size_t tier) -> Access<ClearingParameters, double> {
    return [tier](ClearingParameters& c) -> double& { return c.penalty_usd[tier]; };
  };
  Section s = fixed("clearing", "The daily clearing of demand to capacity.", parameter(&Parameters::clearing),
                    {number("latency", at(&ClearingParameters::latency_usd), kDollarsPerHour,
                            "Cost of serving a request in another region.")
                         .at_least(0.0),
                     number("rho_max", at(&ClearingParameters::rho_max), kShare,
                            "Share of a pool that interactive load may fill, at any hour of the day.")
                         .within(0.0, 1.0),
                     choice("run_order", at(&ClearingParameters::run_order), market::kRunOrderNames,
                            "Whether a training run (labs.*.runs) may begin before one that was submitted earlier and "
                            "waits: never where that one is to run, or wherever it does not delay it.")});
  Section penalties = fixed("penalties", "What leaving an hour of demand unserved counts for, by tier.", same_struct(),
                            {number("interactive", penalty(0), kDollarsPerHour, "Interactive load.").at_least(0.0),
                             number("batch", penalty(1), kDollarsPerHour, "Batch and fine-tuning.").at_least(0.0),
                             number("training", penalty(2), kDollarsPerHour, "Training.").at_least(0.0),
                             number("research", penalty(3), kDollarsPerHour, "Research.").at_least(0.0)});
  penalties.rules = {{Rule::Kind::AtMost, "batch", "interactive"},
                     {Rule::Kind::AtMost, "training", "batch"},
                     {Rule::Kind::AtMost, "research", "training"}};
  s.sections.push_back(std::move(penalties));
  s.sections.push_back(swing());
  return s;
}

Section integration_item(market::Item item) {
  using market::IntegrationParameters;
  using market::ItemParameters;
  static constexpr std::array<std::string_view, market::kItems> kMeanings{
      "Sign-on and permissions of the customer's directory.",
      "Private connections to the customer's network.",
      "Logs of what was done, kept where the customer keeps its own.",
      "One bill, which counts for what the customer has agreed on with the cloud.",
      "Reading the customer's data where they lie.",
      "Calls of the customer's own systems as tools.",
      "State and memory of agents, kept by the cloud."};
  const auto of = [item](double ItemParameters::*member) -> Access<IntegrationParameters, double> {
    return [item, member](IntegrationParameters& p) -> double& { return p.items[item].*member; };
  };
  return fixed(
      std::string{market::name_of(item)}, std::string{kMeanings[static_cast<std::size_t>(item)]}, same_struct(),
      {number("weight", of(&ItemParameters::weight), kNumber, "Its part of the depth, relative to the other items.")
           .within(0.01, 100.0),
       number("with_listing", of(&ItemParameters::with_listing), kShare,
              "Probability that a channel has it for a lab's models on the day of their listing.")
           .within(0.0, 1.0),
       number("lag", of(&ItemParameters::lag_days), kDays,
              "Mean time from general availability to the item where it has not; exponential.")
           .within(0.0, 36525.0),
       number("needed", of(&ItemParameters::needed), kShare, "Probability that a workload needs it, but for agents.")
           .within(0.0, 1.0),
       number("needed_by_agents", of(&ItemParameters::needed_by_agents), kShare,
              "Probability that an agent with state needs it.")
           .within(0.0, 1.0)});
}

Section integration() {
  using P = market::IntegrationParameters;
  Section s = fixed(
      "integration", "The items by which a channel integrates a lab's models, and what work needs of them.",
      parameter(&Parameters::integration),
      {number("crossing_cost", at(&P::crossing_cost), kShare,
              "What each item that a workload needs and its channel lacks costs it, of the price of its work.")
           .within(0.0, 10.0),
       number("crossing_wear", at(&P::crossing_wear), kShare,
              "Part of the utility cost of leaving a placement that each such item takes away.")
           .within(0.0, 1.0),
       number("demanding", at(&P::demanding), kShare,
              "Probability that production demands a least depth: a quarter, half or three quarters of all items by "
              "weight, equally likely; but for agents.")
           .within(0.0, 1.0),
       number("demanding_agents", at(&P::demanding_agents), kShare, "The same of agents with state.")
           .within(0.0, 1.0)});
  for (const market::Item item : market::ByItem<int>::keys()) s.sections.push_back(integration_item(item));
  return s;
}

Section hosting() {
  using P = HostingParameters;
  return fixed(
      "hosting", "How fast a load can move to a host, and what it costs in routing to take much of one supplier.",
      parameter(&Parameters::hosting),
      {number("ramp", at(&P::ramp_per_month), kPerMonth,
              "The share of its load that a lab may move to its hosts in a month, to each by its part of their room, "
              "beyond the growth of what it wants where it is. Leaving is free.")
           .at_least(0.0)
           .if_absent("no limit"),
       number("ramp_floor", at(&P::ramp_floor_h100e), kComputePerMonth,
              "What a lab may add at a host beside it, from nothing too.")
           .at_least(0.0),
       number("spread_free", at(&P::spread_free), kShare,
              "Share of a supplier's capacity that one customer takes at the supplier's price.")
           .within(0.0, 1.0),
       number("spread_premium", at(&P::spread_premium), kNumber,
              "What the share s beyond it adds to the price in routing: spread_premium x (s - spread_free) ^ "
              "spread_power. It is the risk of delivery; what is paid stays the price.")
           .within(0.0, 100.0),
       number("spread_power", at(&P::spread_power), kNumber, "The power in that term.").within(1.0, 10.0),
       choice("replan", at(&P::replan), market::kReplanNames,
              "How often routing forecasts anew what commitments leave to pay: daily, once a week from the start, or "
              "when a month begins."),
       number("block_kept", at(&P::block_kept), kShare,
              "Share of a training block that a run which has begun in a place must keep to go on there.")
           .within(0.0, 1.0)});
}

Section leases() {
  using P = LeaseParameters;
  return fixed("leases", "Idle capacity that clouds lease to clouds that turn load away, signed at the end of a month.",
               parameter(&Parameters::leases),
               {number("offered", at(&P::offered), kShare, "Share of what a cloud had idle in a month that it offers.")
                    .within(0.0, 1.0),
                number("term", at(&P::term_months), kMonths, "Length of a lease, in whole months.").within(1.0, 120.0),
                number("weight", at(&P::weight), kShare,
                       "The lessor's part of what the two gain: the lessee's list price less the lessor's own cost.")
                    .within(0.0, 1.0),
                number("least", at(&P::least_h100e), kCompute, "No lease is smaller.").at_least(1.0)});
}

Section prices() {
  using Price = PriceParameters;
  return fixed(
      "prices", "How list prices move.", parameter(&Parameters::prices),
      {choice("rule", at(&Price::rule), market::kPriceRuleNames,
              "Quarterly adjustment to utilisation with thresholds, frozen lists, a smooth adjustment, or lists of "
              "labs in the "
              "equilibrium of their competition."),
       number("eta", at(&Price::eta), kNumber,
              "Exponent of the relative utilisation, by which a list moves in a quarter.")
           .within(0.0, 5.0),
       number("clip", at(&Price::clip), kShare, "Largest change at one review; of the smooth rule in a quarter.")
           .within(0.0, 1.0),
       number("menu", at(&Price::menu), kShare, "Smallest change that is made; rule quarterly.").within(0.0, 1.0),
       number("channel_elasticity", at(&Price::channel_elasticity), kNumber,
              "Elasticity of a channel's sales to its own price, as who sets prices on channels believes it; best "
              "replies alone.")
           .within(1.01, 50.0),
       number("token_pass_through", at(&Price::token_pass_through), kShare,
              "Share of serving-efficiency gains passed on to lists.")
           .within(0.0, 1.0),
       number("cost_pass_through", at(&Price::cost_pass_through), kShare,
              "How far a list of compute follows what an hour of new capacity costs, as an exponent.")
           .within(0.0, 1.0),
       number(
           "markup_reversion", at(&Price::markup_reversion), kShare,
           "Part of what use has added to, or taken from, a list of compute that competition undoes in a quarter, of "
           "its logarithm.")
           .within(0.0, 1.0),
       number("posted_step", at(&Price::posted_step), kShare,
              "Step in which lists are posted, and in which waits and labs' efforts are published: the nearest step of "
              "what lies underneath. What is posted is seen and paid. 0: exactly what lies underneath.")
           .within(0.0, 0.25)});
}

Section buyers() {
  using P = market::BuyerParameters;
  return fixed(
      "buyers", "Enterprises that bargain with their primary cloud when their contracts are renewed.",
      parameter(&Parameters::buyers),
      {number("least_size", at(&P::least_size_usd), kDollarsPerYear,
              "An enterprise bargains if the work that it may come to have (max_workloads x units_per_day x its size, "
              "at 1 $ a unit) is at least this.")
           .at_least(0.0)
           .if_absent("nobody bargains"),
       integer("term", at(&P::term_years),
               "Years between two renewals of an account, from a date that is drawn for each.")
           .within(1, 20),
       number("weight", at(&P::weight), kShare, "Bargaining weight of an account that spends least_size a year.")
           .within(0.0, 1.0),
       number("weight_by_spend", at(&P::weight_by_spend), kShare, "What ten times as much spending adds to it.")
           .within(0.0, 1.0),
       number("most_discount", at(&P::most_discount), kShare, "No discount off the list is larger.").within(0.0, 0.9),
       number("planning_value", at(&P::planning_value), kShare,
              "What a committed dollar is worth to a cloud beside what it brings: capacity that it can plan.")
           .within(0.0, 1.0),
       number("shortfall_aversion", at(&P::shortfall_aversion), kShare,
              "What a dollar paid for nothing costs an account beside the dollar.")
           .within(0.0, 100.0),
       number("spend_spread", at(&P::spend_spread), kNumber,
              "Spread of the logarithm of an account's spending over a term, as both sides expect it.")
           .within(0.0, 3.0),
       number("service_value", at(&P::service_value), kShare,
              "Value of premium service, per dollar of list: the mean over accounts, exponential.")
           .within(0.0, 0.5),
       number("service_cost", at(&P::service_cost), kShare, "What premium service costs a cloud, per dollar of list.")
           .within(0.0, 1.0)});
}

Section customers() {
  using Customers = market::CustomerParameters;
  using market::GrowthPath;
  const auto growth = [](double GrowthPath::*member) -> Access<Customers, double> {
    return [member](Customers& c) -> double& { return c.growth.*member; };
  };
  return fixed(
      "customers", "AI customers beyond the labs, who choose among clouds by price, wait and where they are.",
      parameter(&Parameters::customers),
      {number("growth", growth(&GrowthPath::rate), kPerYear,
              "Growth, at the start, of what they want at the prices and waits of the first day.")
           .grows(),
       number("growth_half_life", growth(&GrowthPath::half_life_years), kYears, "Half-life of that growth.").positive(),
       number("price_sensitivity", at(&Customers::price_sensitivity), kNumber,
              "Sensitivity of the choice of a cloud to the logarithm of its price.")
           .within(0.0, 20.0),
       number(
           "wait_sensitivity", at(&Customers::wait_sensitivity), kNumber,
           "Sensitivity to the logarithm of one plus their wait over choice.wait_scale; a day for what is not served.")
           .within(0.0, 20.0),
       number("lambda", at(&Customers::lambda), kNumber,
              "Independence within the nests: clouds that sell models, and clouds that sell compute alone.")
           .within(0.05, 1.0),
       number("volume_elasticity", at(&Customers::volume_elasticity), kNumber,
              "Elasticity of all they want to the price index of their market.")
           .within(0.0, 5.0),
       number("headroom", at(&Customers::headroom), kShare,
              "Share of what runs of a cloud that new orders must leave free, for peaks and failures; beyond it they "
              "wait.")
           .within(0.0, 0.5)
           .if_absent("new orders are never refused"),
       number("unserved_penalty", at(&Customers::value_usd), kDollarsPerHour,
              "Value of an hour, the penalty in clearing of one not served.")
           .at_least(0.0)});
}

Section pull() {
  using market::PullParameters;
  return fixed("pull", "Other cloud spending that AI pulls along.", parameter(&Parameters::pull),
               {number("elasticity", at(&PullParameters::elasticity), kNumber,
                       "Elasticity of a cloud's revenue that is not AI to its share of what enterprises pay for AI.")
                    .within(0.0, 1.0),
                number("half_life", at(&PullParameters::half_life_months), kMonths,
                       "In which half of the way to it is gone: other work moves slowly.")
                    .positive()});
}

Section efficiency() {
  return fixed("efficiency", "How fast a given model gets cheaper to serve.", parameter(&Parameters::efficiency),
               {number("serving_rate", at(&EfficiencyParameters::serving_rate), kPerYear,
                       "Growth of tokens per H100e at the start.")
                    .grows(),
                number("serving_half_life", at(&EfficiencyParameters::serving_half_life_years), kYears,
                       "Half-life of that growth.")
                    .positive()});
}

}  // namespace

std::vector<Section> world_sections() {
  const auto firm = [](void* draft, const std::string& name) -> void* {
    auto& firms = static_cast<Draft*>(draft)->firms;
    firms.push_back({name, 12});
    return &firms.back();
  };
  const auto region = [](void* draft, const std::string& name) -> void* {
    static_cast<Draft*>(draft)->regions.push_back(name);
    return draft;
  };
  return {
      run(),
      named_titles("regions", "REGION", "The regions in which capacity lies and customers live.", region, {}),
      named_titles(
          "firms", "FIRM",
          "Every firm that owns a cloud, lab, vendor, channel or application, or is a party to a contract.", firm,
          {integer("fiscal_year_end", at(&FirmDraft::fiscal_year_end), "Last month of the firm's fiscal year, 1 to 12.")
               .within(1, 12)}),
      sources(),
      choice_section(),
      buyers(),
      prices(),
      efficiency(),
      sites(),
      clearing(),
      hosting(),
      integration(),
      customers(),
      pull(),
      leases()};
}

}  // namespace rackrate::scenario
