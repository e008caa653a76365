#include "sim/record/monthly_recorder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rackrate::record {

namespace {

double largest_training_block(const market::Parameters& parameters) {
  double largest = 0.0;
  for (const auto& lab : parameters.labs) largest = std::max(largest, lab.training_block_h100e);
  return largest;
}

}  // namespace

MonthlyRecorder::MonthlyRecorder(const market::Parameters& parameters)
    : axes_(axes_of(parameters)),
      accounts_(make_accounts(axes_, parameters.run.discount_rate, parameters.run.valuation_date)),
      states_(axes_, largest_training_block(parameters)),
      clauses_(axes_, parameters.run.discount_rate, parameters.run.valuation_date),
      runs_(axes_),
      decisions_(market::empty_path(parameters.vocabulary)) {}

void MonthlyRecorder::on_entry(const market::EntryFact& entry) { post(accounts_, entry); }

void MonthlyRecorder::on_window(const market::WindowFact& window) {
  states_.add(window);
  clauses_.add(window);
}

void MonthlyRecorder::on_event(const market::EventFact& event) {
  events_.push_back({event.time, std::string(event.kind), std::string(event.subject), std::string(event.text)});
}

void MonthlyRecorder::on_clause_date(market::LabelId clause, core::SimTime time) {
  clauses_.acted(clause, core::in_days(time - axes_.start));
}

void MonthlyRecorder::on_appraisal(market::LabelId clause, core::SimTime time, double usd_per_year) {
  clauses_.appraised(clause, time, usd_per_year);
}

void MonthlyRecorder::on_run(const market::RunFact& run) { runs_.add(run); }

void MonthlyRecorder::on_decision(const market::DecisionFact& decision) { market::append(decisions_, decision); }

void MonthlyRecorder::on_capital(const market::CapitalFact& paid) { states_.add(paid); }

void MonthlyRecorder::on_capital_plan(const market::CapitalPlanFact& plan) { states_.add(plan); }

void MonthlyRecorder::on_money_labels(std::span<const std::string> labels) {
  auto& own = axes_.labels[static_cast<std::size_t>(Dim::Clause)];
  std::vector<std::string> next(labels.begin(), labels.end());
  std::vector<std::size_t> to;
  for (std::size_t clause = 0; clause < own.size(); ++clause) {
    auto at = std::find(next.begin(), next.end(), own[clause]);
    if (at == next.end() && !ever_paid(accounts_, clause) && !clauses_.ever_stated(clause)) {
      to.push_back(kDropped);
      continue;
    }
    if (at == next.end()) at = next.insert(next.end(), own[clause]);
    to.push_back(static_cast<std::size_t>(at - next.begin()));
  }
  relabel_clauses(accounts_, to, next.size());
  clauses_.relabel(to, next.size());
  own = std::move(next);
}

RunSeries MonthlyRecorder::series(std::string arm, std::int64_t replication) const {
  RunSeries out;
  out.arm = std::move(arm);
  out.replication = replication;
  out.axes = axes_;
  for (const VariableRow& v : variables()) out[v.id].assign(axes_.count(v), std::numeric_limits<double>::quiet_NaN());
  std::vector<char> known = states_.known();
  for (std::size_t m = 0; m < known.size(); ++m) {
    known[m] = known[m] || accounts_.touched[m];
    check_identity(accounts_, m, core::to_string(core::month_start(axes_.months[m])).substr(0, 7));
  }
  fill_money(accounts_, known, out);
  states_.fill(out);
  clauses_.fill(known, out);
  runs_.fill(out);
  for (const VariableRow& v : variables())
    if (v.type == Type::F32)
      for (double& x : out[v.id]) x = static_cast<double>(static_cast<float>(x));
  out.events = events_;
  std::stable_sort(out.events.begin(), out.events.end(),
                   [](const Event& a, const Event& b) { return a.time < b.time; });
  return out;
}

}  // namespace rackrate::record
