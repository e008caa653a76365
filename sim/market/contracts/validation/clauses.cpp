#include "sim/market/contracts/validation/validation.hpp"

/// Checks that the clauses of several kinds share.
namespace rackrate::market::contracts {

void check_terms(const Clause& clause, const Version& version, Complaints& complaints) {
  visit_terms(clause, [&](const auto& terms) { terms.check(clause, version, complaints); });
}

void check_payer_and_payee(const kinds::Paid& paid, Complaints& complaints) {
  const auto& firms = complaints.vocabulary().firms;
  complaints.require_name("payer", paid.payer, firms, "a firm");
  complaints.require_name("payee", paid.payee, firms, "a firm");
  if (!paid.payer.empty() && paid.payer == paid.payee)
    complaints.add("payee", "'" + paid.payee + "', the payer", "another firm than the payer", "Nobody pays itself");
}

void check_lab_and_host(const std::string& lab, const std::string& host, Complaints& complaints) {
  complaints.require_name("lab", lab, complaints.vocabulary().labs, "a lab");
  complaints.require_name("host", host, complaints.vocabulary().clouds, "a cloud");
}

}  // namespace rackrate::market::contracts
