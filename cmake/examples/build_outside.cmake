# cmake -DSOURCE -DBUILD -DOPTIONS -DGENERATOR -DCOMPILER -DLAUNCHER -DPROGRAM -DEXPECTED -P: configures and builds a project
# as a stranger would, looks at how its own file was compiled, runs its program and compares the output.
file(REMOVE_RECURSE ${BUILD})
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G ${GENERATOR} -DCMAKE_BUILD_TYPE=Release
                        -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
                        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${OPTIONS}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)

# Results are part of the interface, so -ffp-contract=off and C++20 must reach the stranger; our warnings must not.
file(READ ${BUILD}/compile_commands.json commands)
string(JSON last LENGTH ${commands})
math(EXPR last "${last} - 1")
set(looked_at 0)
foreach(i RANGE ${last})
  string(JSON file GET ${commands} ${i} file)
  if(NOT file MATCHES "/examples/")
    continue()
  endif()
  math(EXPR looked_at "${looked_at} + 1")
  string(JSON command GET ${commands} ${i} command)
  foreach(needed "-ffp-contract=off" "-std=(gnu|c)..(20|2a)")
    if(NOT command MATCHES "${needed}")
      message(FATAL_ERROR "${needed} did not reach ${file}: ${command}")
    endif()
  endforeach()
  foreach(unwanted " -W" " -f(sanitize|no-omit)" "RACKRATE_VERSION")
    if(command MATCHES "${unwanted}")
      message(FATAL_ERROR "${unwanted} of our own build reached ${file}: ${command}")
    endif()
  endforeach()
endforeach()
if(looked_at EQUAL 0)
  message(FATAL_ERROR "no command of ${SOURCE} in ${BUILD}/compile_commands.json")
endif()

set(PROGRAM ${BUILD}/${PROGRAM})
include(${CMAKE_CURRENT_LIST_DIR}/compare_output.cmake)
