#include "sim/core/index.hpp"

#include <string>
#include <type_traits>

#include "tests/support/catch.hpp"

namespace rackrate::core {
namespace {

using CloudId = Index<struct CloudTag>;
using LabId = Index<struct LabTag>;

template <class Container, class Key>
concept CanLookUp = requires(const Container& container, Key key) {
  container[key];
};

TEST_CASE("a table is looked up by its own index only", "[core][index]") {
  using Prices = Table<CloudId, double>;
  STATIC_REQUIRE(CanLookUp<Prices, CloudId>);
  STATIC_REQUIRE_FALSE(CanLookUp<Prices, LabId>);
  STATIC_REQUIRE_FALSE(CanLookUp<Prices, int>);
  STATIC_REQUIRE_FALSE(CanLookUp<Prices, std::size_t>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<CloudId, LabId>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<CloudId, int>);
}

TEST_CASE("a default index points nowhere, and zero is the first row", "[core][index]") {
  CHECK_FALSE(CloudId{}.exists());
  CHECK(CloudId{}.number() == -1);
  CHECK(CloudId{0}.exists());
  CHECK(CloudId{0} < CloudId{1});
}

TEST_CASE("a table hands out the index of each row it takes", "[core][index]") {
  Table<CloudId, std::string> names;
  const CloudId azure = names.push_back("azure");
  const CloudId aws = names.push_back("aws");
  CHECK(names[azure] == "azure");
  CHECK(names[aws] == "aws");
  std::string all;
  for (const CloudId cloud : names.ids()) all += names[cloud] + " ";
  CHECK(all == "azure aws ");
}

TEST_CASE("a grid keeps rows by columns", "[core][index]") {
  Grid<LabId, CloudId, int> cost(2, 3);
  cost(LabId{1}, CloudId{2}) = 7;
  CHECK(cost(LabId{1}, CloudId{2}) == 7);
  CHECK(cost(LabId{0}, CloudId{2}) == 0);
  CHECK(cost.cells() == std::vector<int>{0, 0, 0, 0, 0, 7});  // row 1 of 3 columns, column 2: cell 1 * 3 + 2
}

}  // namespace
}  // namespace rackrate::core
