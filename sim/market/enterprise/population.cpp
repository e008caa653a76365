#include "sim/market/enterprise/population.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace rackrate::market {
namespace {

constexpr std::size_t kParts = 64;
constexpr std::size_t kSpare = 8;  // an eighth more than is needed, so that the arrays seldom move

/// Sums of whole units are the same in any order, so it does not matter which thread comes first.
void add_from_any_thread(Money& sum, Money amount) {
  const std::atomic_ref<Money> shared(sum);
  Money before = shared.load(std::memory_order_relaxed);
  while (!shared.compare_exchange_weak(before, before + amount, std::memory_order_relaxed)) {}
}

constexpr std::size_t kCacheLine = 64;

/// Every cache line that the range touches.
template <class T>
void prefetch_range(const T* first, std::size_t count) {
  const auto begin = reinterpret_cast<std::uintptr_t>(first), end = begin + count * sizeof(T);
  for (std::uintptr_t line = begin / kCacheLine * kCacheLine; line < end; line += kCacheLine)
    __builtin_prefetch(reinterpret_cast<const void*>(line));
}

}  // namespace

Population::Population(std::size_t clouds, std::size_t labs, Table<SegmentId, double> expansion)
    : clouds_(clouds), labs_(labs), expansion_(std::move(expansion)), parts_(kParts) {}

void Population::reserve(std::size_t enterprises) {
  enterprises_.reserve(enterprises);
  attributes_.reserve(enterprises * (clouds_ + labs_));
}

EnterpriseId Population::add(const Enterprise& enterprise) {
  attributes_.resize(attributes_.size() + clouds_ + labs_, 0.0F);
  const EnterpriseId added = enterprises_.push_back(enterprise);
  enterprises_[added].first_workload = enterprises_[added].workloads = 0;
  outlays_near(added).governance += enterprise.governance;
  return added;
}

Population Population::only(std::span<const EnterpriseId> enterprises) const {
  Population some(clouds_, labs_, expansion_);
  some.reserve(enterprises.size());
  for (const EnterpriseId e : enterprises) {
    const EnterpriseId added = some.add(enterprises_[e]);
    std::copy_n(attribute(e), clouds_ + labs_, some.attribute(added));
    some.give_room(added, workloads(e).size());
    for (const Workload& workload : workloads(e)) some.add_workload(added, workload);
    if (!is_account(e)) continue;
    some.add_account(added);
    some.agreement(added) = agreement(e);
  }
  return some;
}

void Population::add_account(EnterpriseId e) {
  accounts_.push_back(e);
  agreements_.emplace_back();
}

bool Population::is_account(EnterpriseId e) const { return std::binary_search(accounts_.begin(), accounts_.end(), e); }

Agreement& Population::agreement(EnterpriseId e) {
  const auto found = std::lower_bound(accounts_.begin(), accounts_.end(), e);
  return agreements_[static_cast<std::size_t>(found - accounts_.begin())];
}

const Agreement& Population::agreement(EnterpriseId e) const {
  const auto found = std::lower_bound(accounts_.begin(), accounts_.end(), e);
  return agreements_[static_cast<std::size_t>(found - accounts_.begin())];
}

Table<CloudId, Money> Population::account_shortfalls() const {
  Table<CloudId, Money> paid(clouds_);
  for (std::size_t i = 0; i < accounts_.size(); ++i)
    if (agreements_[i].shortfall != Money{}) paid[enterprises_[accounts_[i]].primary_cloud] += agreements_[i].shortfall;
  return paid;
}

void Population::give_room(EnterpriseId e, std::size_t workloads) {
  const std::size_t first = workloads_.size(), end = first + workloads;
  if (end > workloads_.capacity()) workloads_.reserve(end + end / kSpare);
  workloads_.resize(end);
  enterprises_[e].first_workload = static_cast<std::uint32_t>(first);
}

WorkloadId Population::add_workload(EnterpriseId e, const Workload& workload) {
  Enterprise& enterprise = enterprises_[e];
  const std::size_t at = enterprise.first_workload + enterprise.workloads;
  if (at >= workloads_.size() || workloads_[at].key != 0)
    throw std::logic_error("an enterprise has no room for one more workload");
  workloads_[at] = workload;
  return WorkloadId(enterprise.workloads++);
}

Outlays& Population::outlays_near(EnterpriseId e) { return parts_[e.position() * kParts / size()].outlays; }

Money Population::set_governance(EnterpriseId e, Money per_day) {
  const Money change = per_day - enterprises_[e].governance;
  enterprises_[e].governance = per_day;
  if (change != Money{}) add_from_any_thread(outlays_near(e).governance, change);
  return change;
}

void Population::pay_migration(EnterpriseId e, Money amount) {
  if (amount != Money{}) add_from_any_thread(outlays_near(e).migration, amount);
}

Outlays Population::outlays() const {
  Outlays all;
  for (const Part& part : parts_) {
    all.governance += part.outlays.governance;
    all.migration += part.outlays.migration;
  }
  return all;
}

void Population::prefetch_record(EnterpriseId e) const {
  prefetch_range(&enterprises_[e], 1);
  prefetch_range(attribute(e), clouds_ + labs_);
}

void Population::prefetch_workloads(EnterpriseId e) const {
  const auto of_e = workloads(e);
  prefetch_range(of_e.data(), of_e.size());
}

std::size_t Population::bytes() const {
  return enterprises_.size() * sizeof(Enterprise) + attributes_.size() * sizeof(float) +
         workloads_.size() * sizeof(Workload) + parts_.size() * sizeof(Part) +
         accounts_.size() * (sizeof(EnterpriseId) + sizeof(Agreement));
}

}  // namespace rackrate::market
