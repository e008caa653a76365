# Options of our own targets: warnings, sanitizers, the version. They do not reach users of the library; what must
# reach them (the language, -ffp-contract=off) is stated on rackrate_core in CMakeLists.txt.
add_library(rackrate_options INTERFACE)
target_compile_options(rackrate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Both are false on std::string: on "text" + string (GCC bug 105651), and on the parts of a temporary that a throw
  # expression destroys (`throw ScenarioError(Mistake{...})`). clang, the sanitizers and valgrind see the true ones.
  target_compile_options(rackrate_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A note on how wide vectors were passed to functions before GCC 4.6; ours are inlined and cross no interface.
  target_compile_options(rackrate_options INTERFACE -Wno-psabi)
endif()
target_include_directories(rackrate_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(rackrate_options INTERFACE
  RACKRATE_VERSION="${PROJECT_VERSION}")
if(RACKRATE_WERROR)
  # These come from the optimiser, not the language, and g++ 12 raises them falsely on std::string.
  target_compile_options(rackrate_options INTERFACE -Werror
    -Wno-error=maybe-uninitialized -Wno-error=array-bounds -Wno-error=stringop-overflow)
endif()
if(RACKRATE_SANITIZE)
  list(JOIN RACKRATE_SANITIZE "," _kinds)
  target_compile_options(rackrate_options INTERFACE
    -fsanitize=${_kinds} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(rackrate_options INTERFACE -fsanitize=${_kinds})
  # g++ 12 sees uninitialised members in the standard library's own regex when it instruments it.
  target_compile_options(rackrate_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(RACKRATE_FUZZ)
  # Instrumented everywhere, with libFuzzer's main only in the fuzz targets. toml++ reaches __builtin_unreachable
  # on some characters outside strings, harmlessly: hence the two exceptions.
  target_compile_options(rackrate_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr,unreachable -fno-sanitize-recover=all)
  target_link_options(rackrate_options INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr,unreachable)
endif()
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # ccache keeps files that use a precompiled header only if told that their macros and times do not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()
