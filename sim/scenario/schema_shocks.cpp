#include "sim/scenario/schema.hpp"

namespace rackrate::scenario {
namespace {

using namespace unit;
using market::CommonShock;
using market::GrowthShock;
using market::HitShock;
using market::Parameters;
using market::ShockExposure;
using market::ShockParameters;

Section common_factor() {
  Section s = table("common", "The common factor of AI demand: a log deviation that fades, drawn month by month.");
  s.enter = member(&ShockParameters::common);
  s.fields = {
      number("spread", at(&CommonShock::spread), kNumber, "Standard deviation of it in the long run.").within(0.0, 2.0),
      number("half_life", at(&CommonShock::half_life_months), kMonths, "In which half of a deviation fades.")
          .positive()};
  return s;
}

Section growth(std::string key, std::string meaning, GrowthShock ShockParameters::*where) {
  Section s = table(std::move(key), std::move(meaning));
  s.enter = member(where);
  s.fields = {number("gap", at(&GrowthShock::gap_per_year), kPerYear,
                     "Log growth in the fast state less that in the slow one; the long-run mean of both is the "
                     "scenario's path.")
                  .within(0.0, 5.0),
              number("fast", at(&GrowthShock::fast_months), kMonths, "Mean length of a fast stretch.").positive(),
              number("slow", at(&GrowthShock::slow_months), kMonths, "Mean length of a slow stretch.").positive(),
              choice("first", at(&GrowthShock::first), market::kFirstGrowthNames,
                     "Growth of the first day: drawn by the shares of time that the two states have, or known.")};
  return s;
}

Section hits() {
  Section s = table("hits", "Hits and flops of a lab's products: jumps of log demand that fade.");
  s.enter = member(&ShockParameters::hits);
  for (const market::WorkKind kind : market::ByWorkKind<HitShock>::keys()) {
    Section one =
        table(std::string{market::kWorkKindNames[static_cast<std::size_t>(kind)]}, "Of each lab's work of this kind.");
    one.enter = [kind](void* all, const std::string&) -> void* {
      return &(*static_cast<market::ByWorkKind<HitShock>*>(all))[kind];
    };
    one.fields = {
        number("rate", at(&HitShock::per_year), kPerYear, "Hits and flops a year of one lab.").within(0.0, 50.0),
        number("spread", at(&HitShock::spread), kNumber, "Scale of the log jump, which is Student t around 0.")
            .within(0.0, 2.0),
        number("freedom", at(&HitShock::freedom), kNumber,
               "Its degrees of freedom: the fewer, the fatter the tails; the variance is spread^2 x freedom / "
               "(freedom - 2).")
            .within(2.1, 1000.0),
        number("half_life", at(&HitShock::half_life_months), kMonths, "In which half of a jump fades.").positive()};
    s.sections.push_back(std::move(one));
  }
  return s;
}

Section exposure() {
  const auto of = [](const char* key, double ShockExposure::*where, const char* meaning) {
    return number(key, at(where), kNumber, meaning).within(0.0, 3.0);
  };
  Section s = table("exposure", "How much of the common factor and of its growth each class of demand feels; 1: all.");
  s.enter = member(&ShockParameters::exposure);
  s.fields = {of("consumer", &ShockExposure::consumer, "Users of assistants."),
              of("developers", &ShockExposure::developers, "Other streams that are sold."),
              of("enterprises", &ShockExposure::enterprises, "Volume of enterprises' workloads."),
              of("seats", &ShockExposure::seats, "Seats of applications."),
              of("training", &ShockExposure::training, "Plans of training."),
              of("research", &ShockExposure::research, "Plans of research."),
              of("own_products", &ShockExposure::own_products, "Compute of the clouds' own products."),
              of("customers", &ShockExposure::customers, "AI customers beyond the labs.")};
  return s;
}

}  // namespace

std::vector<Section> shock_sections() {
  Section s = table("shocks",
                    "What moves demand and is nobody's decision, drawn anew in each future, the same in all arms. A "
                    "scenario without it has none.");
  s.enter = [](void* draft, const std::string&) -> void* { return &static_cast<Draft*>(draft)->parameters.shocks; };
  s.sections = {common_factor(),
                growth("growth", "Growth of AI demand, now fast, now slow.", &ShockParameters::growth),
                growth("supply", "Growth of what a vendor of chips can make, of each vendor by itself.",
                       &ShockParameters::supply),
                growth("other_business", "Growth of a cloud's revenue that is not AI, of each cloud by itself.",
                       &ShockParameters::other_business),
                hits(),
                exposure()};
  return {std::move(s)};
}

}  // namespace rackrate::scenario
