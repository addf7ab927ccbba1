// An actor in another language: it hears that an original was accepted, estimates how strongly it was compressed, and
// writes that as its own row. docs/events.md says what comes and how a row looks. The SDK is part of Lambda's runtime.

import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { luminance, quality } from "./jpeg.mjs";

const ACTOR = "estimate_quality", VERSION = 1;
const BEGINNING = 262_144; // bytes: the tables stand before the pixels, behind EXIF and colour profile
const { LOUPE_TABLE: TableName, LOUPE_STORE_BUCKET: Bucket } = process.env;
const table = new DynamoDBClient(), store = new S3Client();

// The messages that could not be dealt with come again, alone; after five times they are parked.
export async function handler({ Records }) {
  const failed = [];
  for (const message of Records) {
    try {
      await act(JSON.parse(message.body).data, Number(message.attributes?.ApproximateReceiveCount ?? 1));
    } catch (fault) {
      console.error(JSON.stringify({ actor: ACTOR, message: message.messageId, error: `${fault.name}: ${fault.message}` }));
      failed.push({ itemIdentifier: message.messageId });
    }
  }
  return { batchItemFailures: failed };
}

async function act(event, attempts) {
  const began = performance.now();
  const accepted = event.result ?? (await row(event));
  const beginning = await original(accepted.key);
  const found = beginning && luminance(beginning);
  const result = found
    ? { kind: "Foreign", state: "done", body: { data: JSON.stringify(quality(found)) } }
    : { kind: "Skipped", state: "skipped", body: { reason: beginning ? "It has no JPEG tables." : "The original is not at hand." } };
  await write(event, result, attempts, performance.now() - began);
}

// What the event was too small for is in the row that it tells of.
async function row({ image, actor, revision }) {
  const Key = { pk: { S: image }, sk: { S: sortKey(actor, revision) } };
  const { Item } = await table.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return JSON.parse(Item.body.S);
}

async function original(Key) {
  try {
    const { Body } = await store.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=0-${BEGINNING - 1}` }));
    return Buffer.from(await Body.transformToByteArray());
  } catch (fault) {
    if (fault.name === "NoSuchKey") return null; // archived or erased since
    throw fault;
  }
}

// Once, and only while the image is there: neither a repeated event nor one that comes after an erasure leaves anything.
async function write({ image, actor, revision }, { kind, state, body }, attempts, ms) {
  const Item = {
    pk: { S: image }, sk: { S: sortKey(ACTOR, revision) }, kind: { S: kind }, state: { S: state },
    body: { S: JSON.stringify(body) }, inputs: { S: JSON.stringify({ [actor]: revision }) },
    at: { N: (Date.now() / 1000).toFixed(3) }, version: { N: `${VERSION}` },
    attempts: { N: `${attempts}` }, ms: { N: ms.toFixed(3) },
  };
  const head = { pk: { S: image }, sk: { S: "image" } };
  const there = { TableName, Key: head, ConditionExpression: "attribute_exists(pk)" };
  const put = { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" };
  try {
    await table.send(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: there }, { Put: put }] }));
  } catch (fault) {
    if (!fault.CancellationReasons?.some((each) => each.Code === "ConditionalCheckFailed")) throw fault;
  }
}

const sortKey = (actor, revision) => `result#${actor}#${String(revision).padStart(6, "0")}`;
