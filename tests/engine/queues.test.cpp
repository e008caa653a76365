#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "sim/core/math.hpp"
#include "sim/core/random.hpp"
#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"
#include "tests/support/catch.hpp"

using namespace toys;
using rackrate::core::Address;
using rackrate::core::Draws;

namespace {

/// A source that sends customers to a station of c servers, first come first served. Each customer
/// takes exactly one window to get there, so the arrivals at the station are as Poisson as the source.
struct Queue {
  struct Payload {
    std::uint64_t customer = 0;
  };
  enum : std::uint16_t { kDepart, kArrive, kServed };
  enum : std::uint32_t { kGap = 1, kService = 2 };
  static constexpr std::int64_t kUnit = 1'000'000;   ///< milliseconds in one mean service time

  Draws draws;
  int servers = 1;
  double utilisation = 0.8;
  double (*service)(const Draws&, const Address&) = nullptr;   ///< mean 1
  std::uint64_t warm_up = 0;
  std::uint64_t customers = 0;

  int busy = 0;
  struct Waiting {
    std::uint64_t customer;
    SimTime since;
  };
  std::deque<Waiting> line = {};
  double total_wait = 0.0;
  std::uint64_t served = 0;

  template <class Context>
  void handle(Context& c, const Event<Payload>& e) {
    const std::uint64_t i = e.payload.customer;
    if (e.kind == kDepart) {
      c.send(1, c.now() + ms(kUnit), kArrive, {i});
      const double gap = draws.exponential({.entity = 1, .purpose = kGap, .index = i}) / (utilisation * servers);
      if (i + 1 < customers) c.schedule(c.now() + scaled(gap), kDepart, {i + 1});
    } else if (e.kind == kArrive) {
      if (busy < servers) {
        ++busy;
        begin(c, {i, c.now()});
      } else {
        line.push_back({i, c.now()});
      }
    } else if (line.empty()) {
      --busy;
    } else {
      begin(c, line.front());
      line.pop_front();
    }
  }
  template <class Context>
  void begin(Context& c, const Waiting& w) {
    if (w.customer >= warm_up) {
      total_wait += static_cast<double>((c.now() - w.since).count()) / static_cast<double>(kUnit);
      ++served;
    }
    c.schedule(c.now() + scaled(service(draws, {.entity = 1, .purpose = kService, .index = w.customer})), kServed, {w.customer});
  }
  static SimDuration scaled(double t) { return ms(static_cast<std::int64_t>(t * static_cast<double>(kUnit) + 0.5)); }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(kUnit); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return p == 0 ? "source" : "station"; }
  void at_barrier(SimTime) {}
};

struct Estimate {
  double mean;
  double standard_error;
};

/// Mean wait in the line, in service times, over independent replications.
Estimate wait(int servers, double utilisation, double (*service)(const Draws&, const Address&), std::uint64_t customers) {
  constexpr std::uint64_t kReplications = 25;
  const auto serial = rackrate::engine::make_serial_executor();
  double sum = 0.0;
  double squares = 0.0;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    Queue model{.draws = Draws{17, r}, .servers = servers, .utilisation = utilisation, .service = service, .warm_up = 3000, .customers = customers};
    rackrate::engine::Simulator<Queue::Payload> sim({"source", "station"}, {.start = at(0), .window = ms(Queue::kUnit)});
    sim.post(0, at(0), Queue::kDepart, {0});
    sim.run_until(model, rackrate::core::kNever, *serial);
    REQUIRE(model.served == customers - model.warm_up);
    const double w = model.total_wait / static_cast<double>(model.served);
    sum += w;
    squares += w * w;
  }
  const double n = kReplications;
  const double mean = sum / n;
  return {mean, std::sqrt((squares / n - mean * mean) / (n - 1.0))};
}

double exponential_service(const Draws& d, const Address& a) { return d.exponential(a); }

/// Two phases with balanced means and a squared coefficient of variation of 2:
/// p = (1 + sqrt((2-1)/(2+1)))/2, rates 2p and 2(1-p).
double hyperexponential_service(const Draws& d, const Address& a) {
  const auto bits = d.block(a);
  const double p = 0.5 * (1.0 + std::sqrt(1.0 / 3.0));
  const double e = -rackrate::core::math::log(rackrate::core::to_unit(bits[1]));
  return rackrate::core::to_unit(bits[0]) < p ? e / (2.0 * p) : e / (2.0 * (1.0 - p));
}
}  // namespace

TEST_CASE("the waits of M/M/1, M/M/c and M/G/1 are those of queueing theory", "[engine][oracle]") {
  // Checks E2 and E3, in service times: M/M/1 at rho .8 waits rho/(1-rho) = 4; M/M/2 at .8 1.777777778;
  // M/M/20 at .85 0.128352077 (Erlang C); M/G/1 at .8 with C_s^2 = 2 by Pollaczek-Khinchine 4 (1+2)/2 = 6.
  const Estimate mm1 = wait(1, 0.8, exponential_service, 15'000);
  CHECK(std::fabs(mm1.mean - 4.0) < 4.0 * mm1.standard_error);
  CHECK(mm1.standard_error < 0.15);  // 25 * 12,000 customers: sqrt(1976 / 300,000) = 0.081
  const Estimate mm2 = wait(2, 0.8, exponential_service, 15'000);
  CHECK(std::fabs(mm2.mean - 1.777777778) < 4.0 * mm2.standard_error);
  const Estimate mm20 = wait(20, 0.85, exponential_service, 15'000);
  CHECK(std::fabs(mm20.mean - 0.128352077) < 4.0 * mm20.standard_error);
  CHECK(mm20.standard_error < 0.01);
  const Estimate mg1 = wait(1, 0.8, hyperexponential_service, 15'000);
  CHECK(std::fabs(mg1.mean - 6.0) < 4.0 * mg1.standard_error);
  CHECK(mg1.standard_error < 0.3);
}

TEST_CASE("long queues keep to the theory in heavy traffic", "[.slow][engine][oracle]") {
  // Check E2: c = 50 at rho .9 waits 0.072772893, c = 100 at .95 0.101291371.
  const Estimate c50 = wait(50, 0.9, exponential_service, 200'000);
  CHECK(std::fabs(c50.mean - 0.072772893) < 4.0 * c50.standard_error);
  const Estimate c100 = wait(100, 0.95, exponential_service, 200'000);
  CHECK(std::fabs(c100.mean - 0.101291371) < 4.0 * c100.standard_error);
}
