"""Small exchanges and a small schema for the tests of oracles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form, Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.schema.model import Schema

SCHEMA = b"""<?xml version="1.0"?>
<xml apiVersion="1.0.0" generatedDate="1795413176">
 <enums>
  <enum name="KalturaThingStatus" enumType="int">
   <const name="OFF" value="1"/><const name="ON" value="2"/></enum>
  <enum name="KalturaThingType" enumType="string"><const name="PLAIN" value="plain"/></enum>
 </enums>
 <classes>
  <class name="KalturaListResponse" abstract="1" description="">
   <property name="totalCount" type="int" readOnly="1" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaAbstractThing" abstract="1" description="">
   <property name="id" type="int" readOnly="1" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaThing" base="KalturaAbstractThing" description="">
   <property name="name" type="string" readOnly="0" insertOnly="0" writeOnly="0" multiLingual="1"/>
   <property name="status" type="int" enumType="KalturaThingStatus" readOnly="0" insertOnly="0"
    writeOnly="0"/>
   <property name="type" type="string" enumType="KalturaThingType" readOnly="0" insertOnly="0"
    writeOnly="0"/>
   <property name="createdAt" type="int" isTime="1" readOnly="1" insertOnly="0" writeOnly="0"/>
   <property name="size" type="bigint" readOnly="0" insertOnly="0" writeOnly="0"/>
   <property name="good" type="bool" readOnly="0" insertOnly="0" writeOnly="0"/>
   <property name="secret" type="string" readOnly="0" insertOnly="0" writeOnly="1"/>
   <property name="parts" type="array" arrayType="KalturaThing" readOnly="0" insertOnly="0"
    writeOnly="0"/>
   <property name="tags" type="map" arrayType="KalturaThing" readOnly="0" insertOnly="0"
    writeOnly="0"/></class>
  <class name="KalturaOther" description="">
   <property name="id" type="int" readOnly="1" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaThingListResponse" base="KalturaListResponse" description="">
   <property name="objects" type="array" arrayType="KalturaThing" readOnly="1" insertOnly="0"
    writeOnly="0"/></class>
 </classes>
 <services>
  <service id="thing" name="thing" description="">
   <action name="get" enableInMultiRequest="1" sessionRequired="always" description="">
    <param name="id" type="int" optional="0" description=""/>
    <result type="KalturaThing"/></action>
   <action name="list" enableInMultiRequest="1" sessionRequired="always" description="">
    <param name="filter" type="KalturaThing" optional="1" description=""/>
    <result type="KalturaThingListResponse"/></action>
   <action name="update" enableInMultiRequest="1" sessionRequired="always" description="">
    <param name="id" type="int" optional="0" description=""/>
    <param name="thing" type="KalturaThing" optional="0" description=""/>
    <result type="KalturaThing"/></action>
  </service>
 </services>
 <plugins/>
 <errors>
  <error name="THING_NOT_FOUND" code="THING_NOT_FOUND" message="Thing &quot;@ID@&quot; not found">
   <parameter name="ID"/></error>
  <error name="MISSING_MANDATORY_PARAMETER" code="MISSING_MANDATORY_PARAMETER"
   message="Missing parameter &quot;@PARAM_NAME@&quot;"><parameter name="PARAM_NAME"/></error>
 </errors>
 <configurations/>
</xml>"""


class Answered(Protocol):
    """Makes an exchange with `thing.get`, or another action, from what was answered."""

    def __call__(
        self,
        value: Any,
        *,
        action: str = "get",
        params: Mapping[str, Any] | None = None,
        status: int = 200,
        xml: bool = False,
    ) -> Exchange:
        """The exchange; `value` is written as JSON, or is the inside of an XML `result`."""


class Refused(Protocol):
    """Makes an exchange with an error."""

    def __call__(
        self,
        code: str,
        message: str = "m",
        *,
        action: str = "get",
        params: Mapping[str, Any] | None = None,
        **args: str,
    ) -> Exchange:
        """The exchange; `args` are the error's arguments."""


@pytest.fixture(scope="session")
def small_schema() -> Schema:
    """One service of things, two enums and two errors."""
    return parse_schema(SCHEMA, "small.xml")


@pytest.fixture(scope="session")
def small_lineage(small_schema: Schema) -> Lineage:
    """Its inheritance."""
    return Lineage(small_schema)


@pytest.fixture(scope="session")
def answered() -> Answered:
    """A maker of exchanges."""

    def make(
        value: Any,
        *,
        action: str = "get",
        params: Mapping[str, Any] | None = None,
        status: int = 200,
        xml: bool = False,
    ) -> Exchange:
        form = Form(format=Format.XML if xml else Format.JSON)
        if xml:
            body = f"<xml><result>{value}</result><executionTime>0.1</executionTime></xml>".encode()
        else:
            body = json.dumps(value).encode()
        kind = "text/xml" if xml else "application/json"
        received = Received(status, (("Content-Type", kind),), body)
        return Exchange(
            number=7,
            call=Call("thing", action, params or {}),
            form=form,
            session="admin",
            request=SentRequest("POST", "http://127.0.0.1/", (), b"{}"),
            response=received,
            answer=decode(received, form),
            started_at=0.0,
            elapsed_ms=1.0,
        )

    return make


@pytest.fixture(scope="session")
def refused(answered: Answered) -> Refused:
    """A maker of exchanges with an error."""

    def make(
        code: str,
        message: str = "m",
        *,
        action: str = "get",
        params: Mapping[str, Any] | None = None,
        **args: str,
    ) -> Exchange:
        error = {
            "code": code,
            "message": message,
            "objectType": "KalturaAPIException",
            "args": args or [],
        }
        return answered(error, action=action, params=params)

    return make
