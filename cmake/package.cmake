# The engine as a package of its own: `cmake --install BUILD --component engine --prefix P`, then
# find_package(rackrate CONFIG REQUIRED COMPONENTS engine) and rackrate::engine. Headers keep the form that they have
# in this repository ("sim/engine/simulator.hpp"), below P/include/rackrate.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/rackrate)
set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rackrate)
target_include_directories(rackrate_core PUBLIC $<INSTALL_INTERFACE:${_include_dir}>)
install(TARGETS rackrate_core rackrate_engine EXPORT rackrateEngine
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT engine)
install(DIRECTORY sim/core sim/engine DESTINATION ${_include_dir}/sim COMPONENT engine
        FILES_MATCHING PATTERN "*.hpp")
install(EXPORT rackrateEngine NAMESPACE rackrate:: FILE rackrateTargets.cmake
        DESTINATION ${_package_dir} COMPONENT engine)
configure_package_config_file(cmake/rackrateConfig.cmake.in ${PROJECT_BINARY_DIR}/package/rackrateConfig.cmake
        INSTALL_DESTINATION ${_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change the interface, and results.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/rackrateConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/rackrateConfig.cmake ${PROJECT_BINARY_DIR}/package/rackrateConfigVersion.cmake
        DESTINATION ${_package_dir} COMPONENT engine)
install(FILES LICENSE docs/engine.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT engine)
