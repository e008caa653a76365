#include "sim/market/contracts/kinds/rofr.hpp"

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Rofr::check(const Clause& clause, const Version&, contracts::Complaints& complaints) const {
  contracts::check_right(clause, complaints);
  const std::vector<std::string> known = contracts::known_actors(role, complaints.vocabulary());
  for (const Waiver& waiver : waivers)
    complaints.require_name("waivers." + waiver.host, waiver.host, known, contracts::described_actor(role));
}

}  // namespace rackrate::market::kinds
