#include "sim/study/price_terms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "sim/market/contracts/in_force.hpp"

namespace rackrate::study {
namespace {

using core::SimTime;
using market::Clause;
using market::Contract;
using market::Version;
using market::kinds::Hosting;
using market::kinds::Resale;

/// A clause of a kind that is in force, with what surrounds it.
template <class Kind>
struct InForce {
  const Kind* terms = nullptr;  ///< null: none is
  std::string path;
  SimTime from, until;
};

/// The last one whose terms `concern` the question, in the order in which settlement reads them.
template <class Kind, class Concern>
InForce<Kind> clause_in_force(const std::vector<Contract>& contracts, SimTime t, Concern concern) {
  InForce<Kind> found;
  for (const Contract& contract : contracts) {
    const Version* const version = market::contracts::version_at(contract, t);
    if (version == nullptr) continue;
    for (const Clause& clause : version->clauses) {
      const auto* terms = clause.get_if<Kind>();
      if (terms == nullptr || !concern(*terms) || !market::contracts::active_at(clause, t)) continue;
      found = {terms, contract.name + "/" + version->name + "/" + clause.name,
               std::max(version->effective, clause.from), std::min({version->ends, clause.until, contract.terminated})};
    }
  }
  return found;
}

std::string number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6).ptr;
  return {text.data(), end};
}

/// ", until DATE" and why; further notice where there is no end.
std::string until(SimTime from, SimTime end, core::SimDuration renewal, SimTime t) {
  if (renewal.count() > 0 && from > core::kAlways) {
    const SimTime next = from + ((t - from) / renewal + 1) * renewal;
    if (next < end) return ", until its renewal on " + core::to_string(next);
  }
  return end >= core::kNever ? ", until further notice" : ", until " + core::to_string(end);
}

std::string customers_pay(const Resale* resale, const market::Lab& lab, const std::string& channel) {
  const auto setter = resale == nullptr ? market::PriceSetter::Lab : resale->sets_price;
  if (setter == market::PriceSetter::Host)
    return "customers pay on " + channel + " what " + channel + " sets, near the list of " + lab.name;
  if (setter == market::PriceSetter::Parity || lab.channel_pricing == market::ChannelPricing::Parity)
    return "customers pay on " + channel + " the list of " + lab.name + ", which it reviews each quarter";
  return "customers pay on " + channel + " what " + lab.name + " sets there, near its list";
}

std::string channel_keeps(const InForce<Resale>& resale, const market::Lab& lab, const market::Channel& channel,
                          SimTime t) {
  if (channel.firm.empty()) return lab.name + " sells itself and keeps all of the price";
  if (resale.terms == nullptr)
    return channel.name + " keeps " + number(100 * lab.channel_fee) + " % of the price (labs." + lab.name +
           ".channel_fee: no resale clause is in force)";
  return channel.name + " keeps " + number(100 * resale.terms->rate_at(t)) + " % of the price (" + resale.path + ")" +
         until(resale.from, resale.until, resale.terms->renewal, t);
}

std::string host_is_paid(const InForce<Hosting>& hosting, const std::string& payer, const market::Cloud& host,
                         SimTime t) {
  if (hosting.terms == nullptr || hosting.terms->price_usd < 0)
    return payer + " pays " + host.name + " its list of " + number(host.price_usd) +
           " $/H100e-h at the start, which moves with each of its reviews";
  const std::string price =
      payer + " pays " + host.name + " " + number(hosting.terms->price_usd) + " $/H100e-h (" + hosting.path + ")";
  if (hosting.terms->moves == market::HostingMoves::AtRenewal)
    return price + ", held" + until(hosting.from, hosting.until, hosting.terms->renewal, t);
  return price + " at the lists of the start, which moves with the list of " + host.name +
         until(hosting.from, hosting.until, core::SimDuration{0}, t);
}

}  // namespace

std::vector<std::string> price_terms(const std::vector<Contract>& contracts, const market::Parameters& p,
                                     market::LabId lab_id, market::ChannelId channel_id, market::CloudId host_id,
                                     SimTime t) {
  const market::Lab& lab = p.labs[lab_id];
  const market::Channel& channel = p.channels[channel_id];
  const auto resale = clause_in_force<Resale>(
      contracts, t, [&](const Resale& r) { return r.lab == lab.name && r.channel == channel.name; });
  std::vector<std::string> said{customers_pay(resale.terms, lab, channel.name), channel_keeps(resale, lab, channel, t)};
  if (!host_id.exists()) return said;
  const market::Cloud& host = p.clouds[host_id];
  const bool channel_pays = resale.terms != nullptr && resale.terms->hosting == market::HostingPayer::Channel;
  const std::string payer = channel_pays ? channel.firm : lab.firm;
  if (payer == host.firm) {
    said.push_back(payer + " runs it on its own cloud, at cost");
    return said;
  }
  said.push_back(
      host_is_paid(clause_in_force<Hosting>(contracts, t,
                                            [&](const Hosting& h) { return h.lab == lab.name && h.host == host.name; }),
                   payer, host, t));
  return said;
}

}  // namespace rackrate::study
