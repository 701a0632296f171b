set(VCPKG_BUILD_TYPE release)  # header-only
vcpkg_download_distfile(archive URLS "${SHOAL_ARCHIVE}" FILENAME "shoal-${VERSION}.tar.gz" SHA512 "${SHOAL_SHA512}")
vcpkg_extract_source_archive(source ARCHIVE "${archive}")
vcpkg_cmake_configure(SOURCE_PATH "${source}" OPTIONS -DSHOAL_HEADERS_ONLY=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME shoal CONFIG_PATH lib/cmake/shoal)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug")
vcpkg_install_copyright(FILE_LIST "${source}/LICENSE")
