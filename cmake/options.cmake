# Compile options that every target shares. Floating point must not depend on the
# processor or on contraction: results are part of the interface (promise P1).
add_library(rackrate_options INTERFACE)
target_compile_options(rackrate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -ffp-contract=off)
target_include_directories(rackrate_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(rackrate_options INTERFACE
  RACKRATE_VERSION="${PROJECT_VERSION}")
if(RACKRATE_WERROR)
  target_compile_options(rackrate_options INTERFACE -Werror)
endif()
if(RACKRATE_SANITIZE)
  list(JOIN RACKRATE_SANITIZE "," _kinds)
  target_compile_options(rackrate_options INTERFACE
    -fsanitize=${_kinds} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(rackrate_options INTERFACE -fsanitize=${_kinds})
endif()
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
