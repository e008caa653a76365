#include "sim/market/contracts/contract.hpp"

namespace rackrate::market {

std::string path_of(const std::vector<Contract>& contracts, const ClauseRef& ref) {
  if (!ref.contract.exists()) return {};
  std::string path = contract_at(contracts, ref.contract).name;
  if (ref.version.exists()) path += "/" + version_at(contracts, ref).name;
  if (ref.version.exists() && ref.clause.exists()) path += "/" + clause_at(contracts, ref).name;
  return path;
}

}  // namespace rackrate::market
