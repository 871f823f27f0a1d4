#pragma once

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/content_range.hpp>
#include <randomio/backends/http/credentials/caching_provider.hpp>
#include <randomio/backends/http/credentials/provider.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/http/credentials/secret.hpp>
#include <randomio/backends/http/curl_client.hpp>
#include <randomio/backends/http/fields.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/retrying_client.hpp>
#include <randomio/backends/http/url.hpp>
