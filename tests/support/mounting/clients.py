"""Independent clients of the services, which look at what a mount wrote and write what it reads: boto3 and
azure-storage-blob. Content headers and metadata go by their names in HTTP, tags by their own."""

import os

HEADERS = ("content-type", "cache-control", "content-disposition", "content-encoding", "content-language")


class S3Client:
    has_tags = True

    def __init__(self, store, table):
        import boto3
        from botocore.config import Config
        self.table = table
        self.bucket = table["bucket"]
        self.has_tags = table["type"] == "s3"
        self.s3 = boto3.client("s3", endpoint_url=table["endpoint"], region_name=table["region"],
                               aws_access_key_id=table["access_key_id"],
                               aws_secret_access_key=table["secret_access_key"],
                               config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 10}))

    @staticmethod
    def argument(header):
        return "".join(word.capitalize() for word in header.split("-"))

    def put(self, key, body=b"", content=(), metadata=(), tags=()):
        more = {self.argument(name): value for name, value in dict(content).items()}
        if tags:
            more["Tagging"] = "&".join(f"{name}={value}" for name, value in tags.items())
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=dict(metadata), **more)

    def get(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def metadata(self, key):
        return self.s3.head_object(Bucket=self.bucket, Key=key)["Metadata"]

    def content(self, key):
        head = self.s3.head_object(Bucket=self.bucket, Key=key)
        return {name: head.get(self.argument(name)) for name in HEADERS}

    def tags(self, key):
        found = self.s3.get_object_tagging(Bucket=self.bucket, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def keys(self, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return {item["Key"] for page in pages for item in page.get("Contents", ())}

    def remove(self, key):
        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def rclone(self):
        """The variables that tell rclone where it is, and its name there."""
        table = self.table
        return {"RCLONE_S3_PROVIDER": "Other" if self.has_tags else "Cloudflare",
                "RCLONE_S3_ENDPOINT": table["endpoint"], "RCLONE_S3_ACCESS_KEY_ID": table["access_key_id"],
                "RCLONE_S3_SECRET_ACCESS_KEY": table["secret_access_key"], "RCLONE_S3_REGION": table["region"],
                "RCLONE_S3_NO_CHECK_BUCKET": "true"}, f":s3:{self.bucket}"


class AzureClient:
    has_tags = True

    def __init__(self, store, table):
        store.server.import_client()
        from azure.storage.blob import ContainerClient
        self.table = table
        self.at = ContainerClient(table["endpoint"], table["container"], credential=table["account_key"])

    def blob(self, key):
        return self.at.get_blob_client(key)

    def put(self, key, body=b"", content=(), metadata=(), tags=()):
        from azure.storage.blob import ContentSettings
        settings = ContentSettings(**{name.replace("-", "_"): value for name, value in dict(content).items()})
        self.at.upload_blob(key, body, overwrite=True, metadata=dict(metadata), content_settings=settings,
                            tags=dict(tags) or None)

    def get(self, key):
        return self.blob(key).download_blob().readall()

    def metadata(self, key):
        return self.blob(key).get_blob_properties().metadata

    def content(self, key):
        found = self.blob(key).get_blob_properties().content_settings
        return {name: found[name.replace("-", "_")] for name in HEADERS}

    def tags(self, key):
        return self.blob(key).get_blob_tags()

    def keys(self, prefix):
        return set(self.at.list_blob_names(name_starts_with=prefix))

    def remove(self, key):
        self.blob(key).delete_blob()

    def rclone(self):
        from datetime import datetime, timedelta, timezone
        from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
        table = self.table
        query = generate_account_sas(table["account"], table["account_key"],
                                     ResourceTypes(service=True, container=True, object=True),
                                     AccountSasPermissions(read=True, write=True, delete=True, list=True, create=True),
                                     datetime.now(timezone.utc) + timedelta(hours=1))
        return {"RCLONE_AZUREBLOB_SAS_URL": f"{table['endpoint']}?{query}"}, f":azureblob:{table['container']}"


KNOWN = {"s3": S3Client, "r2": S3Client, "azure": AzureClient}


def client_of(store, table):
    return KNOWN[table["type"]](store, table)


def environment(more):
    """This process's own, without what is set there for accounts of whoever runs the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AZURE_"))}
    return {**ours, **more}
