# cmake -DPROGRAM=... -DEXPECTED=expected.txt -P: runs a program; its output must be the expected text.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
file(READ ${EXPECTED} expected)
if(NOT code EQUAL 0 OR NOT output STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}.\n${errors}--- ${EXPECTED}\n${expected}--- printed\n${output}")
endif()
