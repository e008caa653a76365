#pragma once
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

namespace rackrate::market {

/// What a clause speaks of: a conjunction of sets; an empty set does not restrict.
struct Scope {
  std::vector<std::string> labs;
  std::vector<ModelClass> model_class;
  std::vector<Product> products;
  std::vector<std::string> segments;
  std::vector<std::string> regions;
  friend bool operator==(const Scope&, const Scope&) = default;
};

enum class ClauseKind : std::uint8_t {
  Grant, Exclusive, Carveout, ShipFirst, Rofr, Licence, Rollout,   // decide feasibility
  Void, Ban,                                                       // a regulator's orders, which do so first
  Commit, Revshare, Resale, Hosting,                               // move money
  Primary, Reservation, Tranche, Equity, Drawdown,                 // steer capacity, capital and spend
  Damages, Termination, Trigger, Renegotiation, Tender,            // let a contract change by what happens
  Custom = 255                                                     // a kind of one's own (custom_kind.hpp)
};
inline constexpr std::array<std::string_view, 23> kClauseKindNames{
    "grant", "exclusive", "carveout", "ship_first", "rofr", "licence", "rollout", "void", "ban", "commit", "revshare", "resale", "hosting",
    "primary", "reservation", "tranche", "equity", "drawdown", "damages", "termination", "trigger", "renegotiation", "tender"};

/// How the ship-first exception reads (MODEL 5.3): "cannot and chooses not to" or "cannot or chooses not to".
enum class ShipFirstReading : std::uint8_t { And, Or };
enum class CarryRule : std::uint8_t { None, OnePeriod };
enum class RevshareBase : std::uint8_t { LabRevenue, ChannelRevenue };
enum class HostingPayer : std::uint8_t { Lab, Channel };
/// What becomes of reserved capacity that its lab does not use.
enum class UnusedRule : std::uint8_t { Release, Idle };
/// What becomes of a version whose grants another contract's live exclusive bars (MODEL 5.6): they open nothing; they
/// open what that contract prices as a breach; or the two sides of that contract talk.
enum class ConflictPolicy : std::uint8_t { Block, Breach, Renegotiate };
inline constexpr std::array<std::string_view, 3> kConflictPolicyNames{"block", "breach", "renegotiate"};

/// A right recorded as waived: under a ROFR the waived host is open from that date.
struct Waiver {
  std::string host;
  core::SimTime date = core::kNever;
  friend bool operator==(const Waiver&, const Waiver&) = default;
};

/// A value that the table of a kind of one's own gives to a key that the kind declares.
struct Term {
  std::string key;
  double number = 0.0;                ///< in the key's own unit
  core::SimTime time = core::kNever;
  friend bool operator==(const Term&, const Term&) = default;
};

/// From this date on, this share of a reservation is in force.
struct ScheduleStep {
  core::SimTime from = core::kAlways;
  double share = 1.0;
  friend bool operator==(const ScheduleStep&, const ScheduleStep&) = default;
};

/// A constant payment that talks settled on: from this instant to the clause's end.
struct AgreedPayment {
  std::string payer, payee;           ///< firms
  double usd_per_year = 0.0;
  core::SimTime from = core::kAlways;
  friend bool operator==(const AgreedPayment&, const AgreedPayment&) = default;
};

/// One clause of one version. Fields outside the clause's kind keep their defaults; the table of
/// which kind takes which key is in sim/scenario. All ends are exclusive.
struct Clause {
  std::string name;
  ClauseKind kind = ClauseKind::Grant;
  bool enabled = true;
  std::vector<Role> roles;            ///< roles it speaks of (grant, exclusive, carveout, ship_first, rofr, rollout, void, ban, tender)
  Scope scope;
  core::SimTime from = core::kAlways; ///< the clause's own dates, inside its version's
  core::SimTime until = core::kNever;
  std::vector<std::string> holders;   ///< grant: grantees; exclusive, ship_first, rofr, licence: the one holder;
                                      ///< carveout: actors exempted (empty: the tuple is exempted for all); rollout: the actor;
                                      ///< void: whose rights it strikes out, ban: whom it forbids (empty: everybody);
                                      ///< tender: the clouds that are asked

  // licence
  bool sole = false;                  ///< nobody else may use the IP
  // ship_first
  core::SimDuration lead{0};          ///< delta_first
  core::SimDuration cure{0};          ///< tau_cure
  ShipFirstReading reading = ShipFirstReading::And;
  double margin = 0.0;                ///< m of the capability test
  // rofr
  std::vector<Waiver> waivers;
  core::SimDuration window = core::days(30);   ///< the holder's time to answer a request
  // rollout: NO before preview, PREVIEW until general availability
  core::SimTime preview = core::kAlways;
  core::SimTime general = core::kAlways;     ///< kNever: stays in preview; may be drawn, see general_after
  double allowlist = 1.0;             ///< phi: share of accounts admitted in preview
  double token_cap = 1.0;             ///< share of an admitted account's volume served in preview
  // rollout by drawn lengths, from the first day on which the clause speaks (rollouts.hpp)
  core::SimDuration preview_after{-1};       ///< mean time to the preview; negative: `preview` says it
  core::SimDuration preview_spread{0};       ///< standard deviation of it
  core::SimDuration general_after{-1};       ///< mean length of the preview; negative: `general` says it
  core::SimDuration general_spread{0};

  // money: payer and payee are firms; equity: payer is the firm owned, payee its owner
  std::string payer;
  std::string payee;
  double amount_usd = 0.0;            ///< commit: total over [from, until); tranche: invested; damages: once a breach; termination: the fee
  double already_drawn_usd = 0.0;     ///< commit: drawn before the scenario starts
  core::SimDuration period{0};        ///< commit: length of one settlement period, 0 = the whole term; tender: from one to the next, 0 = one only;
                                      ///< renegotiation: from one appraisal to the next
  CarryRule carry = CarryRule::None;
  RevshareBase base = RevshareBase::LabRevenue;
  std::string lab;                    ///< whose models; tranche: whose revenue
  std::string channel;                ///< revshare on channel revenue, resale, drawdown
  double rate = 0.0;                  ///< revshare: share of the base; resale: the channel's share of the price; equity: the stake; drawdown: most of a commitment that may be drawn
  double cap_usd = -1.0;              ///< revshare: cumulative from the version's effective date; negative: no cap
  double already_paid_usd = 0.0;      ///< revshare: counted against the cap before the scenario starts
  HostingPayer hosting = HostingPayer::Lab;  ///< resale: who pays the host
  std::string host;                   ///< hosting, primary, reservation: which cloud; tranche: whose capacity
  double price_usd = -1.0;            ///< hosting, reservation: $ per H100e-hour; negative: the cloud's list price

  // primary
  double weight = 0.0;                ///< by this share routing takes the holder's cost to be lower; renegotiation: the host's bargaining weight
  double min_share = 0.0;             ///< of the lab's volume, where capacity permits
  // reservation: one of the two sizes
  double quantity_h100e = 0.0;        ///< tender: asked for
  double power_mw = 0.0;              ///< of `chip`
  std::string chip;                   ///< named silicon; empty: any
  std::vector<ScheduleStep> schedule; ///< ascending; empty: all of it from the start
  UnusedRule unused = UnusedRule::Release;
  // tranche: `amount` into `payee` when every stated condition holds; a condition of 0 or "" is not stated
  double valuation_usd = 0.0;         ///< post-money; 0: buys no stake
  double revenue_usd = 0.0;           ///< of `lab` in the last full month, times 12
  double capacity_h100e = 0.0;        ///< installed at `host`
  std::string after;                  ///< "contract/version" that must have been signed

  // damages
  double per_year_usd = 0.0;          ///< while a breach lasts, besides `amount`
  // termination: the payer may leave
  core::SimDuration notice{0};        ///< from its exercise to the contract's end; renegotiation: from a conflict to the talks
  core::SimTime exercised = core::kNever;
  // trigger: fires once, when every stated condition has held for `lasting`; renegotiation, tender: `on` is the first date
  core::SimTime on = core::kAlways;   ///< not before this date; kAlways: not stated
  double rate_per_year = 0.0;         ///< trigger: of a hazard by which the event comes; renegotiation: base of the hazard of talks
  double unserved = 0.0;              ///< of `lab`'s load, a share
  double share = 0.0;                 ///< of `firm` in `layer`
  double hhi = 0.0;                   ///< of `layer`
  double stock = 0.0;                 ///< of unmet need in the contract's renegotiation clause
  bool breached = false;              ///< a breach of this contract has begun
  std::string firm;
  Layer layer = Layer::Model;
  core::SimDuration lasting{0};
  std::vector<std::string> switches_on, switches_off;   ///< "clause" of this contract, or "contract/clause"; renegotiation: on agreement
  std::string exercises;              ///< a termination clause of this contract
  std::string renegotiates;           ///< a renegotiation clause of this contract
  // renegotiation between `lab` and `host`
  double unmet_slope = 0.0;           ///< of the log hazard in the stock of unmet need
  double hurdle_usd = 0.0;            ///< a year: what the two must gain by opening more than, to sign anything
  double outside_slope = 0.0;         ///< of the log hazard in what barred hosts could serve of the unserved load
  core::SimDuration half_life = core::days(180);   ///< of the stock of unmet need
  std::vector<AgreedPayment> agreed;  ///< set in a run, never written
  // tender: `lab` asks the holders for `quantity`
  core::SimDuration term{0};          ///< of what is awarded
  std::string awarded_by;             ///< set in a run: the tender of this contract that added the clause

  // a kind of one's own
  std::string custom;                 ///< its name
  std::vector<Term> terms;            ///< what its own keys say, in no order that matters
  std::vector<Clause> stands_for;     ///< the permission clauses it means, cut to its dates

  // Set in a run (live.hpp), never written: the clause speaks in [switched_on, switched_off) of its dates. Its terms,
  // for instance what a commitment owes per day, stay those of its own dates.
  core::SimTime switched_on = core::kAlways;
  core::SimTime switched_off = core::kNever;
  friend bool operator==(const Clause&, const Clause&) = default;
};

struct Version {
  std::string name;
  core::SimTime signed_on = core::kAlways;
  core::SimTime effective = core::kAlways;
  core::SimTime ends = core::kNever;
  std::vector<Clause> clauses;
  ConflictPolicy conflict = ConflictPolicy::Block;
  friend bool operator==(const Version&, const Version&) = default;
};

/// A contract with all its versions. In force at t: the version with the latest signature among
/// those with effective <= t < ends (MODEL 5.2, step 2).
struct Contract {
  std::string name;
  std::vector<std::string> parties;
  core::SimTime terminated = core::kNever;   ///< ended early, exclusive: commitments lapse, versions to come never begin
  std::vector<Version> versions;
  friend bool operator==(const Contract&, const Contract&) = default;
};

}  // namespace rackrate::market
