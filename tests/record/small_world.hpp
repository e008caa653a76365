#pragma once
#include <limits>
#include <string>
#include <vector>

#include "sim/market/regime/parameters.hpp"
#include "sim/record/monthly_recorder.hpp"
#include "sim/record/result_file.hpp"

/// A vocabulary small enough to count by hand: two clouds, one lab, one segment, 15 January to 10 March 2026.
namespace small_world {

using namespace rackrate;

// Parties in the order of the vocabulary, then the outside ones.
enum Party : std::int16_t { Az, Aws, Oai, Maker, Suppliers, Services, RestOfWorld, Enterprises, Consumers, Investors };

inline market::Parameters parameters() {
  market::Parameters p;
  p.run.start = core::date(2026, 1, 15);
  p.run.end = core::date(2026, 3, 10);
  p.run.valuation_date = core::date(2026, 1, 15);
  p.run.discount_rate = 0.10;
  p.vocabulary.firms = {"az", "aws", "oai", "maker"};
  p.vocabulary.clouds = {"az", "aws"};
  p.vocabulary.labs = {"oai"};
  p.vocabulary.channels = {"bedrock", "direct"};
  p.vocabulary.segments = {"mid"};
  p.vocabulary.regions = {"one"};
  market::Contract contract;
  contract.name = "oai-az";
  market::Version first;
  first.name = "first";
  first.clauses.resize(1);
  first.clauses[0].name = "share";
  auto& share = first.clauses[0].terms.emplace<market::kinds::Revshare>();
  share.payer = "oai";
  share.payee = "az";
  contract.versions.push_back(first);
  p.contracts.push_back(contract);
  return p;
}

inline market::EntryFact entry(core::SimTime day, Party from, Party to, market::Category category, double usd,
                               market::Layer from_layer = market::Layer::Infrastructure,
                               market::Layer to_layer = market::Layer::Infrastructure, int clause = -1) {
  market::EntryFact e;
  e.day = day;
  e.from = market::PartyId(static_cast<int>(from));
  e.to = market::PartyId(static_cast<int>(to));
  e.category = category;
  e.amount = core::Money::from_usd(usd);
  e.from_layer = from_layer;
  e.to_layer = to_layer;
  e.clause = market::LabelId(clause);
  return e;
}

/// Position of a value: one index per dimension of the variable.
inline double value(const record::RunSeries& run, record::Var v, std::initializer_list<std::size_t> index) {
  const record::VariableRow& variable = record::row(v);
  std::size_t flat = 0, i = 0;
  for (const std::size_t at : index) flat = flat * run.axes.size(variable.dims.values[i++]) + at;
  return run[v].at(flat);
}

inline bool same(double a, double b) { return a == b || (a != a && b != b); }

inline bool same_values(const record::RunSeries& a, const record::RunSeries& b) {
  for (std::size_t v = 0; v < record::kVars; ++v) {
    if (a.values[v].size() != b.values[v].size()) return false;
    for (std::size_t i = 0; i < a.values[v].size(); ++i)
      if (!same(a.values[v][i], b.values[v][i])) return false;
  }
  return true;
}

/// A finished run whose numbers depend on the replication, for tests of files.
inline record::RunSeries some_run(const std::string& arm, std::int64_t replication,
                                  const market::Parameters& p = parameters()) {
  record::MonthlyRecorder recorder(p);
  const double usd = 100.0 + static_cast<double>(replication);
  recorder.on_entry(
      entry(core::date(2026, 1, 20), Enterprises, Oai, market::Category::Sale, usd, {}, market::Layer::Model));
  recorder.on_entry(
      entry(core::date(2026, 2, 20), Oai, Az, market::Category::Hosting, usd / 3.0, market::Layer::Model));
  const market::PoolFact pools[] = {{market::CloudId(0), market::RegionId(0), 100 + replication, 0, 0, 0, 60,
                                     40 + replication, core::Money{12345}, 0.1}};
  market::WindowFact window;
  window.start = core::date(2026, 2, 1);
  window.length = core::kDay;
  window.pools = pools;
  recorder.on_window(window);
  recorder.on_event({core::date(2026, 2, 1), "contract", "oai-az", "a \"quoted\" text, \xC3\xA9"});
  record::RunSeries run = recorder.series(arm, replication);
  run.end = p.run.end;
  return run;
}

inline record::Arm arm(const std::string& name, const market::Parameters& p = parameters()) {
  return {
      name, "title = \"" + name + "\"\n", record::sha256(name), p.run.discount_rate, "2026-01-15", record::axes_of(p)};
}

inline record::Provenance provenance() {
  return {"0.1.0", "abc123", "Release", 18446744073709551615ULL, "1 d", "amended"};
}

}  // namespace small_world
