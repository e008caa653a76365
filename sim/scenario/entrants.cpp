#include "sim/scenario/entrants.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "sim/market/contracts/roles.hpp"
#include "sim/scenario/quantity_text.hpp"

namespace rackrate::scenario {
namespace {

using market::Cloud;
using market::Parameters;

/// The mistakes of one cloud.
class EntrantCheck {
 public:
  EntrantCheck(const Parameters& p, const Cloud& cloud, std::vector<core::Mistake>& mistakes)
      : p_(p), cloud_(cloud), mistakes_(mistakes) {}

  void run() {
    if (!market::must_enter(cloud_)) {
      if (cloud_.entry.equity_usd > 0 || cloud_.entry.hazard >= 0 || cloud_.entry.hurdle_multiple > 1)
        add("entry.least_scale", "missing", "the power of the site that it begins with", "Add it, or leave entry out.");
      return;
    }
    owns_nothing();
    earns_nothing();
    can_decide();
    firm_is_its_own();
    signed_nothing();
  }

 private:
  void add(const std::string& key, std::string got, std::string expected, std::string remedy) {
    core::Mistake m;
    m.where.key = "clouds." + cloud_.name + '.' + key;
    m.got = std::move(got);
    m.expected = std::move(expected);
    m.remedy = std::move(remedy);
    mistakes_.push_back(std::move(m));
  }
  void zero(const std::string& key, double value) {
    if (value > 0)
      add(key, write_number(value), "nothing: a cloud with entry.least_scale has not entered yet", "Leave it out.");
  }

  void owns_nothing() {
    for (const auto& region : cloud_.regions) {
      const std::string here = "regions." + region.name + '.';
      for (const auto& entry : region.fleet) zero(here + "fleet." + entry.chip, entry.units);
      for (const auto& lot : region.lots) zero(here + "lots." + lot.name, lot.units);
      for (const auto& site : region.sites) zero(here + "sites." + site.name, site.megawatts);
      if (region.power_mw != 0)
        add(here + "power", region.power_mw < 0 ? "missing: power never binds" : write_number(region.power_mw) + " MW",
            "\"0 MW\": a cloud with entry.least_scale has none yet", "Set it to 0.");
    }
    zero("backlog", cloud_.backlog_h100e);
    if (cloud_.capital.first_orders == market::FirstOrders::Rule)
      add("capital.first_orders", "\"rule\"", "\"stated\": a cloud with entry.least_scale has ordered nothing yet",
          "Leave it out.");
    if (cloud_.borrowing.net_debt_usd != 0)
      add("borrowing.net_debt",
          cloud_.borrowing.net_debt_usd < 0 ? "missing" : write_number(cloud_.borrowing.net_debt_usd),
          "\"0 $\": a cloud with entry.least_scale keeps an account of its debt, and owes nothing yet", "Set it to 0.");
  }

  void earns_nothing() {
    zero("own_use.compute", cloud_.own_use.h100e);
    zero("internal_share", cloud_.internal_share);
    zero("base_revenue", cloud_.base_revenue_usd);
    zero("other.capex", cloud_.other.capex_usd);
    zero("other.contracted", cloud_.other.contracted_usd);
  }

  void can_decide() {
    if (cloud_.customers_h100e <= 0)
      add("customers.compute", "missing or 0", "what customers would have wanted of it had it been there", "Add it.");
    if (!cloud_.invests)
      add("invests", "false", "true: a cloud with entry.least_scale builds when it enters", "Leave it out.");
    if (cloud_.silicon.empty()) add("silicon", "missing", "the vendors of its chips", "Add them.");
    if (cloud_.capital.usd_per_year <= 0 && cloud_.capital.guidance.empty())
      add("capex", "missing or 0", "a budget a year that holds its least scale", "Add it.");
    if (cloud_.regions.empty())
      add("entry.least_scale", write_number(cloud_.entry.scale_mw) + " MW", "a region to build it in",
          "Give it a region.");
  }

  /// Else its firm would earn and owe before it enters.
  void firm_is_its_own() {
    const auto shared = [&](const std::string& other, const std::string& firm) {
      if (firm == cloud_.firm)
        add("firm", '"' + firm + "\", who has " + other + " too",
            "a firm of its own: a cloud with entry.least_scale enters with all that its firm does",
            "Name another firm.");
    };
    for (const auto& other : p_.clouds)
      if (&other != &cloud_) shared("clouds." + other.name, other.firm);
    for (const auto& lab : p_.labs) shared("labs." + lab.name, lab.firm);
    for (const auto& channel : p_.channels) shared("channels." + channel.name, channel.firm);
    for (const auto& vendor : p_.vendors) shared("supply." + vendor.name, vendor.firm);
    for (const auto& application : p_.applications) shared("applications." + application.name, application.firm);
    if (!cloud_.channel.empty())
      add("channel", '"' + cloud_.channel + '"', "none: a cloud with entry.least_scale sells compute alone",
          "Leave it out.");
  }

  void signed_nothing() {
    for (const auto& contract : p_.contracts)
      for (const auto& version : contract.versions)
        for (const auto& clause : version.clauses) {
          const auto sides = market::contracts::sides_of(clause);
          if (!clause.enabled || (sides.payer != cloud_.firm && sides.payee != cloud_.firm)) continue;
          core::Mistake m;
          m.where.key = "contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name;
          m.got = "a payment of firm " + cloud_.firm + ", whose cloud " + cloud_.name + " has not entered yet";
          m.expected = "no payments agreed with it; it may be granted hosting, at a price";
          m.remedy = "Leave it out, or clouds." + cloud_.name + ".entry.";
          mistakes_.push_back(std::move(m));
        }
  }

  const Parameters& p_;
  const Cloud& cloud_;
  std::vector<core::Mistake>& mistakes_;
};

}  // namespace

std::vector<core::Mistake> find_entry_mistakes(const Parameters& parameters) {
  std::vector<core::Mistake> mistakes;
  for (const Cloud& cloud : parameters.clouds) EntrantCheck(parameters, cloud, mistakes).run();
  return mistakes;
}

}  // namespace rackrate::scenario
