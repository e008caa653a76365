#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/index.hpp"

namespace rackrate::market {

/// What is sold. A closed list: the product decides which contract roles a tuple needs (MODEL 5.2).
enum class Product : std::uint8_t {
  Consumer,
  ApiStateless,
  EntApp,
  AgentStateful,
  Finetune,
  Batch,
  Training,
  Research,
  Copilot
};
inline constexpr std::array<std::string_view, 9> kProductNames{
    "consumer", "api_stateless", "ent_app", "agent_stateful", "finetune", "batch", "training", "research", "copilot"};

/// One value for each product.
template <class T>
using ByProduct = core::EnumTable<Product, T, kProductNames.size()>;

/// Kinds of work whose demand has fortunes of its own: a hit in one says nothing of the others (MODEL 6.0).
enum class WorkKind : std::uint8_t { Consumer, Api, Agent, Application };
inline constexpr std::array<std::string_view, 4> kWorkKindNames{"consumer", "api", "agent", "application"};

/// One value for each kind of work.
template <class T>
using ByWorkKind = core::EnumTable<WorkKind, T, kWorkKindNames.size()>;

/// The kind that a product is of; none: training and research, which nobody buys.
[[nodiscard]] constexpr std::optional<WorkKind> work_kind(Product product) {
  switch (product) {
    case Product::Consumer: return WorkKind::Consumer;
    case Product::ApiStateless:
    case Product::Finetune:
    case Product::Batch: return WorkKind::Api;
    case Product::AgentStateful: return WorkKind::Agent;
    case Product::EntApp:
    case Product::Copilot: return WorkKind::Application;
    case Product::Training:
    case Product::Research: break;
  }
  return std::nullopt;
}

/// The five contract roles: who may run, sell, hold agent state, train, and use the models' IP.
enum class Role : std::uint8_t { Host, Channel, Runtime, Train, Ip };
inline constexpr std::array<std::string_view, 5> kRoleNames{"HOST", "CHANNEL", "RUNTIME", "TRAIN", "IP"};

enum class ModelClass : std::uint8_t { Closed, OpenWeight };
inline constexpr std::array<std::string_view, 2> kModelClassNames{"closed", "open_weight"};

/// The four layers with a profit and loss of their own (MODEL section 10).
enum class Layer : std::uint8_t { Application, Model, Infrastructure, Deployment };
inline constexpr std::array<std::string_view, 4> kLayerNames{"application", "model", "infrastructure", "deployment"};

/// One value for each layer.
template <class T>
using ByLayer = core::EnumTable<Layer, T, kLayerNames.size()>;

/// What a cloud needs to grow and may lack: chips, power for them, money for chips; places to build, money for sites.
enum class Input : std::uint8_t { Chips, Power, Capital, Sites, SiteCapital };
inline constexpr std::array<std::string_view, 5> kInputNames{"chips", "power", "capital", "sites", "site_capital"};

/// One value for each input.
template <class T>
using ByInput = core::EnumTable<Input, T, kInputNames.size()>;

/// The open lists of one scenario, each sorted by name; everything else refers to them by index.
/// Positions are for speed only: random numbers and tie-breaks use name hashes.
struct Vocabulary {
  std::vector<std::string> firms;
  std::vector<std::string> clouds;  ///< hosts and runtimes
  std::vector<std::string> labs;
  std::vector<std::string> channels;  ///< sellers of record: azure, bedrock, ..., direct, m365
  std::vector<std::string> segments;
  std::vector<std::string> regions;
};

template <std::size_t N>
[[nodiscard]] std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return i;
  return std::nullopt;
}
[[nodiscard]] constexpr std::string_view name_of(Product product) {
  return kProductNames[static_cast<std::size_t>(product)];
}
[[nodiscard]] constexpr std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }
[[nodiscard]] inline std::optional<Product> product_named(std::string_view name) {
  const auto i = index_of(kProductNames, name);
  return i ? std::optional(static_cast<Product>(*i)) : std::nullopt;
}
[[nodiscard]] inline std::optional<std::size_t> index_of(const std::vector<std::string>& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return i;
  return std::nullopt;
}

}  // namespace rackrate::market
