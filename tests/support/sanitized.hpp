#pragma once

namespace rackrate::test {

/// Is the program built with the address sanitizer? Each case then takes many times as long, and what the sanitizer
/// can find shows in a part of them.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace rackrate::test
