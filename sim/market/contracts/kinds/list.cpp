#include "sim/market/contracts/kinds/list.hpp"

namespace rackrate::market {

Terms blank_terms(ClauseKind kind) {
  Terms terms;
  for_each_kind([&]<class K>() {
    if (kind_of<K> == kind) terms.emplace<K>();
  });
  return terms;
}

}  // namespace rackrate::market
