#include <cmath>
#include <cstdint>
#include <deque>
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
  static constexpr std::int64_t kUnit = 1'000'000;  ///< milliseconds in one mean service time

  Draws draws;
  int servers = 1;
  double utilisation = 0.8;
  double (*service)(const Draws&, const Address&) = nullptr;  ///< mean 1
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
  std::uint64_t delayed = 0;  ///< of them, those that waited at all

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
      if (c.now() > w.since) ++delayed;
    }
    c.schedule(c.now() + scaled(service(draws, {.entity = 1, .purpose = kService, .index = w.customer})), kServed,
               {w.customer});
  }
  static SimDuration scaled(double t) { return ms(static_cast<std::int64_t>(t * static_cast<double>(kUnit) + 0.5)); }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return ms(kUnit); }
  [[nodiscard]] std::string process_name(ProcessId p) const { return p == 0 ? "source" : "station"; }
  void at_barrier(SimTime) {}
};

/// A mean over independent replications and its standard error, from their spread.
struct Estimate {
  double mean;
  double standard_error;
};

Estimate estimate(const std::vector<double>& x) {
  const double n = static_cast<double>(x.size());
  double sum = 0.0;
  for (const double v : x) sum += v;
  const double mean = sum / n;
  double squares = 0.0;
  for (const double v : x) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / (n - 1.0) / n)};
}

using Service = double (*)(const Draws&, const Address&);
struct Station {
  int servers;
  double utilisation;
  Service service;
  std::uint64_t warm_up;    ///< customers, many relaxation times 1 / (c mu (1 - sqrt rho)^2)
  std::uint64_t customers;  ///< the warm-up included
};
struct Waits {
  Estimate wait;     ///< mean wait in the line, in service times
  Estimate delayed;  ///< share of customers that wait
};

Waits simulate(const Station& station) {
  constexpr std::uint64_t kReplications = 25;
  const auto serial = rackrate::engine::make_serial_executor();
  std::vector<double> waits;
  std::vector<double> delayed;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    Queue model{.draws = Draws{17, r},
                .servers = station.servers,
                .utilisation = station.utilisation,
                .service = station.service,
                .warm_up = station.warm_up,
                .customers = station.customers};
    rackrate::engine::Simulator<Queue::Payload> sim({"source", "station"},
                                                    {.start = at(0), .window = ms(Queue::kUnit)});
    sim.post(0, at(0), Queue::kDepart, {0});
    sim.run_until(model, rackrate::core::kNever, *serial);
    REQUIRE(model.served == station.customers - station.warm_up);
    waits.push_back(model.total_wait / static_cast<double>(model.served));
    delayed.push_back(static_cast<double>(model.delayed) / static_cast<double>(model.served));
  }
  return {estimate(waits), estimate(delayed)};
}

/// Within four standard errors of the theory, and the errors small enough for that to say something.
void check_near(const Estimate& got, double theory, double largest_error) {
  INFO("theory " << theory << ", simulated " << got.mean << " +- " << got.standard_error);
  CHECK(std::fabs(got.mean - theory) < 4.0 * got.standard_error);
  CHECK(got.standard_error < largest_error);
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
double constant_service(const Draws&, const Address&) { return 1.0; }
}  // namespace

TEST_CASE("the wait of M/M/1 is that of queueing theory, and so is its error", "[engine][oracle]") {
  // Check E2: rho .8 waits rho/(1-rho) = 4 service times; a customer waits with probability rho = .8. The mean of n
  // consecutive waits has a standard error of sqrt(1976 / n) (the waits are correlated: n counts far less than it
  // seems): n = 25 x 12,000 gives 0.0812. An error estimated from 25 replications is itself known to 1/sqrt(48) = 14 %.
  const Waits w = simulate({1, 0.8, exponential_service, 3000, 15'000});
  const double error = std::sqrt(1976.0 / 300'000.0);
  CHECK(std::fabs(w.wait.mean - 4.0) < 4.0 * error);
  CHECK(std::fabs(w.wait.standard_error / error - 1.0) < 4.0 * 0.14);
  check_near(w.wait, 4.0, 0.15);
  check_near(w.delayed, 0.8, 0.004);
}

TEST_CASE("the waits of M/M/c are Erlang's", "[engine][oracle]") {
  // Checks E2, E3 and E4: wait in service times, probability of a wait (Erlang C).
  const Waits c2 = simulate({2, 0.8, exponential_service, 3000, 15'000});
  check_near(c2.wait, 1.777777778, 0.1);
  check_near(c2.delayed, 0.711111111, 0.004);
  const Waits c10 = simulate({10, 0.9, exponential_service, 4000, 20'000});
  check_near(c10.wait, 0.668731524, 0.04);
  check_near(c10.delayed, 0.668731524, 0.01);
  check_near(simulate({20, 0.85, exponential_service, 3000, 15'000}).wait, 0.128352077, 0.01);
  check_near(simulate({20, 0.9, exponential_service, 4000, 20'000}).wait, 0.275384502, 0.03);
  const Waits c50 = simulate({50, 0.9, exponential_service, 4000, 20'000});
  check_near(c50.wait, 0.072772893, 0.01);
  check_near(c50.delayed, 0.363864467, 0.02);
}

TEST_CASE("the waits of M/G/1 are those of Pollaczek and Khinchine", "[engine][oracle]") {
  // rho (1 + C_s^2) / (2 (1 - rho)) at rho .8: 2 for constant service, 6 for C_s^2 = 2 (check E3).
  check_near(simulate({1, 0.8, constant_service, 3000, 15'000}).wait, 2.0, 0.06);
  check_near(simulate({1, 0.8, hyperexponential_service, 3000, 15'000}).wait, 6.0, 0.3);
}

TEST_CASE("long queues keep to the theory in heavy traffic", "[.slow][engine][oracle]") {
  // Check E2: c = 100 at rho .95 and c = 500 at .98, which relax in 16 and 20 service times (1,500 and 10,000
  // customers).
  const Waits c100 = simulate({100, 0.95, exponential_service, 20'000, 200'000});
  check_near(c100.wait, 0.101291371, 0.01);
  check_near(c100.delayed, 0.506456854, 0.02);
  const Waits c500 = simulate({500, 0.98, exponential_service, 100'000, 300'000});
  check_near(c500.wait, 0.054667327, 0.008);
  check_near(c500.delayed, 0.546673272, 0.03);
}
