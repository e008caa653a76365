#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/market/vocabulary/facts.hpp"
#include "sim/record/axes.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// The facts of clearing windows, collected by month. Compute is summed as integer H100e-milliseconds
/// (exact); a window lies in one month, as the exchange cuts it; of states the month's last window counts.
class MonthStates {
 public:
  MonthStates() = default;
  /// `training_block`: H100e that training at the frontier needs in one pool; 0: nobody says.
  explicit MonthStates(const Axes& axes, double training_block = 0.0);

  /// Throws:  LedgerError when a pool's parts do not add up to what is installed, when a class was served
  ///          more than it demanded, or when a fact names something outside the vocabulary,
  ///          or when the window lies outside the run or in two months.
  void add(const market::WindowFact& window);
  /// Throws: LedgerError when the fact lies outside the run or names a cloud outside the vocabulary.
  void add(const market::CapitalFact& paid);
  void add(const market::CapitalPlanFact& plan);
  /// 1 for months with at least one window.
  [[nodiscard]] std::vector<char> known() const;
  /// Writes every variable of `out` that is not money.
  void fill(RunSeries& out) const;

 private:
  struct Pool {  ///< H100e-milliseconds, but for the rent: of an H100e-hour, times milliseconds
    std::int64_t time = 0, installed = 0, powered = 0, running = 0, used = 0, scarce_time = 0;
    core::Money rent;
    std::int64_t lost_at_peaks = 0;
    double wait = 0.0;  ///< hours times running H100e-hours
  };
  struct Use {  ///< H100e-milliseconds
    std::int64_t served = 0, unserved = 0;
  };
  struct Hosted {
    std::int64_t served = 0, inside = 0;    ///< H100e-milliseconds
    double surcharge = 0.0, dearest = 0.0;  ///< dollars
  };
  struct Mean {
    double sum = 0.0;
    std::int64_t time = 0;
  };
  struct Point {
    double value = 0.0;
    bool stated = false;
  };

  [[nodiscard]] std::size_t month_of(const market::WindowFact& window) const;
  void add_compute(const market::WindowFact& window, std::size_t month);
  void add_hosting(const market::WindowFact& window, std::size_t month);
  void add_chips(const market::WindowFact& window, std::size_t month);
  void add_frontier(const market::WindowFact& window, std::size_t month);
  void add_segments(const market::WindowFact& window, std::size_t month);
  void add_labs(const market::WindowFact& window, std::size_t month);
  void add_prices(const market::WindowFact& window, std::size_t month);
  void add_applications(const market::WindowFact& window, std::size_t month);
  void add_placements(const market::WindowFact& window, std::size_t month);
  void add_accounts(const market::SegmentFact& segment, std::size_t cell, core::SimDuration length);
  void add_cash(const market::LabFact& lab, std::size_t cell, core::SimDuration length);
  void add_backlog(const market::WindowFact& window, std::size_t month);
  void add_integration(const market::WindowFact& window, std::size_t month);
  void fill_pools(RunSeries& out) const;
  void fill_compute(RunSeries& out) const;
  void fill_hosting(RunSeries& out) const;
  void fill_placements(RunSeries& out) const;
  void fill_capital(RunSeries& out) const;
  void fill_entry(RunSeries& out) const;
  void fill_cash(RunSeries& out) const;
  [[nodiscard]] std::size_t capital_cell(market::CloudId cloud, core::SimTime t) const;

  std::size_t clouds_ = 0, regions_ = 0, chips_ = 0, labs_ = 0, products_ = 0, channels_ = 0, segments_ = 0,
              payers_ = 0, applications_ = 0, months_ = 0;
  int first_month_ = 0;
  core::SimTime start_, end_;
  double training_block_ = 0.0;
  std::vector<std::int64_t> time_;                  ///< [month] milliseconds of windows
  std::vector<Pool> pools_;                         ///< [cloud, region, month]
  std::vector<std::int64_t> chip_powered_;          ///< [cloud, chip, month] H100e-milliseconds
  std::vector<std::int64_t> chip_time_;             ///< [month] milliseconds of windows that state chips
  std::vector<std::int64_t> served_, unserved_;     ///< [lab, product, month]
  std::vector<std::int64_t> lab_compute_;           ///< [lab, host, month]
  std::vector<Hosted> hosted_;                      ///< [lab, host, month]
  std::vector<Mean> routing_price_;                 ///< [lab, host, month]
  std::vector<Use> own_, customers_;                ///< [cloud, month]
  std::vector<double> placed_;                      ///< [segment, lab, channel, host, month] work units per day
  std::vector<double> runtime_;                     ///< [segment, lab, cloud, month]
  std::vector<char> placements_known_;              ///< [month]
  std::vector<Mean> surplus_, variety_, spending_;  ///< [segment, month] dollars
  std::vector<double> discounts_;                   ///< [segment, month] dollars
  std::vector<Mean> reliance_, leverage_;           ///< [segment, month] of big accounts
  std::vector<Point> adoption_;                     ///< [segment, month]
  std::vector<Point> quality_, users_, kappa_;      ///< [lab, month]
  std::vector<Point> seats_;                        ///< [month]
  std::vector<Mean> price_;                         ///< [lab, channel, month]
  std::vector<Mean> effort_;                        ///< [lab, channel, month]
  std::vector<Mean> compute_price_;                 ///< [cloud, month]
  std::array<std::vector<double>, 3> capital_;      ///< by kind: [cloud, month] dollars
  std::vector<market::CapitalPlanFact> plan_;       ///< [cloud, month]
  std::vector<char> plan_known_;                    ///< [cloud, month]
  std::vector<Point> cash_;                         ///< [lab, month] dollars
  std::vector<double> lab_funding_;                 ///< [lab, month] dollars
  std::vector<Mean> funded_;                        ///< [lab, month]
  std::vector<double> backlog_;                     ///< [cloud, payer, month] dollars
  std::vector<char> backlog_known_;                 ///< [month]
  std::vector<Point> app_seats_;                    ///< [application, month]
  /// [lab, channel, month]: depth, control, eligible, unmet, crossings, nativeness
  std::array<std::vector<Point>, 6> integration_;
  std::vector<Mean> agent_sales_;                               ///< [lab, channel, month]; sums
  std::vector<Point> ported_share_;                             ///< [lab, host, month]
  std::vector<Mean> training_places_;                           ///< [lab, month]
  std::vector<Mean> app_revenue_, seats_added_, seats_lapsed_;  ///< [application, month]; sums
  std::vector<Point> demand_common_;                            ///< [month]
  std::vector<Point> frontier_clouds_;                          ///< [month]
  std::vector<Point> demand_hits_;                              ///< [lab, product, month]
};

}  // namespace rackrate::record
