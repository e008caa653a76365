#include <string>

#include "tests/scenario/support.hpp"
#include "tests/support/catch.hpp"

using namespace rackrate::scenario;
using namespace rackrate::scenario::test;

namespace {

bool names_it(const std::string& all, const std::string& part) { return all.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("integration: what makes no sense is refused in one sentence", "[scenario][integration]") {
  CHECK(complaint(small("[labs.lab.items.direct]\nnetwork = 2026-03-01\nstate = \"never\"\n")) == "");
  CHECK(names_it(complaint(small("[labs.lab.items.derict]\nnetwork = 2026-03-01\n")), "direct"));
  CHECK(names_it(complaint(small("[labs.lab.items.direct]\nnetwrok = 2026-03-01\n")), "network"));
  CHECK(names_it(complaint(small("[integration]\ncrossing_cost = \"-5 %\"\n")), "integration.crossing_cost is"));
  CHECK(names_it(complaint(small("[integration.tool]\nweight = 2\n")), "tools"));
  CHECK(names_it(complaint(small("[integration.tools]\nweight = 0\n")), "integration.tools.weight is"));
  CHECK(names_it(complaint(small("[integration.tools]\nlag = \"5 $\"\n")), "integration.tools.lag is"));
  CHECK(names_it(complaint(small("[channels.kiosk]\nmissing = [\"stat\"]\n")), "state"));
  CHECK(names_it(
      complaint(small("[channels.kiosk]\nruntime_fee = \"5 %\"\n")),
      "channels.kiosk.runtime_fee is a fee on a channel without a cloud and a firm; expected a fee of a cloud's "
      "channel."));
}
