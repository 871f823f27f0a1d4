# cmake -DCOMPILER=… -DINCLUDE=… -DSOURCE=… -P compile.cmake
#
# Compiles SOURCE as it should be, which must succeed without a warning, then with MISUSE defined, which must fail
# with an error that matches the regular expression in its first line, "// misuse: REGEX".
file(STRINGS ${SOURCE} first LIMIT_COUNT 1)
if(NOT first MATCHES "^// misuse: (.+)$")
  message(FATAL_ERROR "${SOURCE}: the first line must be '// misuse: REGEX'")
endif()
set(expected ${CMAKE_MATCH_1})
set(command ${COMPILER} -std=c++23 -fsyntax-only -Wall -Werror -Werror=unused-result -fno-caret-diagnostics
  -fno-color-diagnostics -I${INCLUDE} ${SOURCE})

execute_process(COMMAND ${command} RESULT_VARIABLE status ERROR_VARIABLE text)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the right use does not compile:\n${text}")
endif()
execute_process(COMMAND ${command} -DMISUSE RESULT_VARIABLE status ERROR_VARIABLE text)
if(status EQUAL 0)
  message(FATAL_ERROR "the misuse compiles")
endif()
if(NOT text MATCHES "error: [^\n]*(${expected})")
  message(FATAL_ERROR "the misuse fails for another reason than '${expected}':\n${text}")
endif()
