#include <randomio/backends/s3/requests/complete_multipart_upload.hpp>
#include <randomio/backends/s3/requests/create_multipart_upload.hpp>
#include <randomio/backends/s3/requests/list_multipart_uploads.hpp>
#include <randomio/backends/s3/requests/list_parts.hpp>
#include <randomio/backends/s3/requests/upload_part.hpp>
#include <randomio/backends/s3/requests/upload_part_copy.hpp>

#include "tests/backends/s3/requests.hpp"

using namespace randomio;
using namespace s3_requests;

TEST_CASE("an upload in parts") {
  CHECK(lines(*s3::create_multipart_upload(plain(), "p/k", {})) ==
        expected{std::string("POST ") + host + "/p/k?uploads=", "x-amz-checksum-algorithm: CRC64NVME",
                 "x-amz-checksum-type: FULL_OBJECT"});
  CHECK(s3::created_multipart_upload(
            reply("<InitiateMultipartUploadResult><UploadId>a/b=</UploadId></InitiateMultipartUploadResult>"), asked) ==
        "a/b=");
  const one_piece body("123456789");
  const auto part = s3::upload_part(plain(), "p/k", "a/b=", 7, body.piece);
  CHECK(lines(part) == expected{std::string("PUT ") + host + "/p/k?partNumber=7&uploadId=a%2Fb%3D",
                                "x-amz-checksum-crc64nvme: rosUhgp5mIg="});
  const auto uploaded = s3::uploaded_part(part, reply("", fields({{"ETag", "\"e\""}})), plain(), 7, asked);
  REQUIRE(uploaded);
  CHECK(uploaded->size == 9);
  CHECK(uploaded->checksum == "rosUhgp5mIg=");

  CHECK(lines(s3::upload_part_copy(plain(), {"p/k", "id"}, 8, {"p/f", v1}, *range::make(5, 10))) ==
        expected{std::string("PUT ") + host + "/p/k?partNumber=8&uploadId=id", "x-amz-copy-source: /b/p/f",
                 "x-amz-copy-source-if-match: \"v1\"", "x-amz-copy-source-range: bytes=5-9"});
  const auto copied = s3::copied_part(reply("<CopyPartResult><ETag>\"c\"</ETag><ChecksumCRC64NVME>rosUhgp5mIg=</"
                                            "ChecksumCRC64NVME></CopyPartResult>"),
                                      plain(), 8, *range::make(0, 9), asked);
  REQUIRE(copied);

  const std::vector parts{*uploaded, *copied};
  CHECK(s3::complete_body(plain(), parts) ==
        "<CompleteMultipartUpload><Part><PartNumber>7</PartNumber><ETag>&quot;e&quot;</ETag><ChecksumCRC64NVME>"
        "rosUhgp5mIg=</ChecksumCRC64NVME></Part><Part><PartNumber>8</PartNumber><ETag>&quot;c&quot;</ETag>"
        "<ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME></Part></CompleteMultipartUpload>");
  const auto complete = s3::complete_multipart_upload(plain(), "p/k", "id", parts, {}, precondition::none());
  const one_piece twice("123456789123456789");
  const auto whole = s3::checksum_of(s3::checksum_algorithm::crc64nvme, twice.piece);
  CHECK(lines(complete) == expected{std::string("POST ") + host + "/p/k?uploadId=id", "content-type: application/xml",
                                    "x-amz-checksum-crc64nvme: " + whole, "x-amz-checksum-type: FULL_OBJECT"});
  CHECK(complete.again == http::repeatable::if_refused);
  const auto told = [&](std::string checksum) {
    return s3::completed_multipart_upload(
        complete,
        reply("<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag><ChecksumCRC64NVME>" + checksum +
              "</ChecksumCRC64NVME></CompleteMultipartUploadResult>"),
        plain(), asked);
  };
  CHECK(told(whole)->current.tag == "\"x-2\"");
  CHECK(told("rosUhgp5mIg=").error() == errc::corrupt);
}

TEST_CASE("uploads and parts in flight") {
  CHECK(lines(s3::list_multipart_uploads(plain(), "p/x", {"p/k", "id"})) ==
        expected{std::string("GET ") + host +
                 "/?encoding-type=url&key-marker=p%2Fk&prefix=p%2Fx&upload-id-marker=id&uploads="});
  const auto page = s3::listed_multipart_uploads(
      reply("<ListMultipartUploadsResult><EncodingType>url</EncodingType><Upload><Key>p/a+b</Key><UploadId>U</UploadId>"
            "<Initiated>2009-10-12T17:50:30.000Z</Initiated></Upload><IsTruncated>true</IsTruncated>"
            "<NextKeyMarker>p/a+b</NextKeyMarker><NextUploadIdMarker>U</NextUploadIdMarker></"
            "ListMultipartUploadsResult>"),
      plain());
  REQUIRE(page);
  CHECK(page->found.at(0).key == "a b");
  CHECK(page->next_after == s3::upload_marker{"p/a b", "U"});

  CHECK(lines(s3::list_parts(plain(), "p/k", "id", 5)) ==
        expected{std::string("GET ") + host + "/p/k?part-number-marker=5&uploadId=id"});
  const auto parts =
      s3::listed_parts(reply("<ListPartsResult><Part><PartNumber>6</PartNumber><ETag>\"e\"</ETag><Size>9</Size></Part>"
                             "<IsTruncated>true</IsTruncated></ListPartsResult>"),
                       plain(), asked);
  REQUIRE(parts);
  CHECK(parts->found.at(0).size == 9);
  CHECK(parts->next_after == 6);
  CHECK_FALSE(s3::listed_parts(
      reply("<ListPartsResult><Part><PartNumber>0</PartNumber><Size>9</Size></Part></ListPartsResult>"), plain(),
      asked));
}
