#pragma once
#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/market/exchange/ledger/entry.hpp"
#include "sim/market/regime/compiled_scenario.hpp"

namespace rackrate::market {

/// The sides of a payment, by what a party is.
struct Parties {
  const CompiledScenario& s;

  [[nodiscard]] Side enterprises() const { return {s.enterprises, Layer::Application}; }
  [[nodiscard]] Side consumers() const { return {s.consumers, Layer::Application}; }
  [[nodiscard]] Side suppliers() const { return {s.suppliers, Layer::Infrastructure}; }
  [[nodiscard]] Side services() const { return {s.services, Layer::Deployment}; }
  [[nodiscard]] Side investors() const { return {s.investors, Layer::Model}; }
  [[nodiscard]] Side lab(LabId lab) const { return {s.lab_firm[lab], Layer::Model}; }
  [[nodiscard]] Side cloud(CloudId cloud) const { return {s.cloud_firm[cloud], Layer::Infrastructure}; }
  [[nodiscard]] bool is_lab(PartyId party) const {
    return std::find(s.lab_firm.begin(), s.lab_firm.end(), party) != s.lab_firm.end();
  }
  [[nodiscard]] bool is_cloud(PartyId party) const {
    return std::find(s.cloud_firm.begin(), s.cloud_firm.end(), party) != s.cloud_firm.end();
  }
  /// The layers in which firms pay and are paid for broken and ended contracts: a lab's model business, a cloud's
  /// infrastructure.
  [[nodiscard]] Side owing(PartyId party) const {
    return {party, is_lab(party) ? Layer::Model : Layer::Infrastructure};
  }
  [[nodiscard]] Side owed(PartyId party) const {
    return {party, is_cloud(party) ? Layer::Infrastructure : Layer::Model};
  }
  /// A lab pays and receives shares in its model layer; a cloud pays them out of its channel's revenue and receives
  /// them as a royalty on models.
  [[nodiscard]] Side share_payer(const PaymentClause& m, RevshareBase base) const {
    const bool from_channel = base == RevshareBase::ChannelRevenue && !is_lab(m.payer);
    return {m.payer, from_channel ? Layer::Deployment : Layer::Model};
  }
  /// A firm that a user-defined clause names.
  /// Throws: core::LedgerError that names the clause, where there is no such firm.
  [[nodiscard]] Side named(const std::string& firm, Layer layer, LabelId label) const {
    const auto party = index_of(s.parameters.vocabulary.firms, firm);
    if (!party)
      throw core::LedgerError(s.money_labels[label] + " pays from or to \"" + firm +
                              "\", which is no firm of this scenario");
    return {PartyId(*party), layer};
  }
  /// A firm that pays or receives what a renegotiation with the lab agreed on.
  [[nodiscard]] Side agreed(const std::string& firm, LabId lab) const {
    const PartyId party(index_of(s.parameters.vocabulary.firms, firm).value());
    return {party, party == s.lab_firm[lab] ? Layer::Model : Layer::Infrastructure};
  }
};

}  // namespace rackrate::market
