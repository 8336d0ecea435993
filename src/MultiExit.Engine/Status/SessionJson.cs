using System.Net;
using System.Text.Json;

namespace MultiExit.Engine.Status;

/// <summary>A record as JSON, the same octets as <see cref="RecordJson"/> makes of it. It is written field by field, since the line of each session
/// is on the way of the next one and the serializer takes several times as long; a test compares the two.</summary>
internal static class SessionJson
{
    /// <summary>Writes the object of a record.</summary>
    public static void Write(Utf8JsonWriter json, SessionRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        Write(json, "flow"u8, record.Flow);
        json.WriteString("started"u8, record.Started);
        if (record.Ended is { } ended) json.WriteString("ended"u8, ended);
        else json.WriteNull("ended"u8);
        json.WriteString("inbound"u8, record.Inbound);
        json.WriteString("protocol"u8, record.Protocol);
        json.WriteString("network"u8, record.Network);
        Write(json, "client"u8, record.Client);
        Write(json, "local"u8, record.Local);
        json.WriteString("user"u8, record.User);
        json.WriteString("login"u8, record.Login);
        json.WriteString("session_key"u8, record.SessionKey);
        json.WriteString("proxied_name"u8, record.ProxiedName);
        json.WriteString("proxied_id"u8, record.ProxiedId);
        json.WriteString("destination"u8, record.Destination);
        Write(json, "resolved"u8, record.Resolved);
        Write(json, "rule"u8, record.Rule);
        json.WriteString("group"u8, record.Group);
        json.WriteString("exit"u8, record.Exit);
        json.WritePropertyName("attempts"u8);
        WriteAttempts(json, record.Attempts, withNull: true);
        Write(json, "source"u8, record.Source);
        Write(json, "peer"u8, record.Peer);
        json.WriteString("leads"u8, record.Leads);
        json.WriteNumber("bytes_up"u8, record.BytesUp);
        json.WriteNumber("bytes_down"u8, record.BytesDown);
        Write(json, "handshake_ms"u8, record.HandshakeMs);
        Write(json, "route_ms"u8, record.RouteMs);
        Write(json, "resolve_ms"u8, record.ResolveMs);
        Write(json, "dial_ms"u8, record.DialMs);
        Write(json, "first_byte_up_ms"u8, record.FirstByteUpMs);
        Write(json, "first_byte_ms"u8, record.FirstByteMs);
        json.WriteNumber("duration_ms"u8, record.DurationMs);
        json.WriteString("outcome"u8, record.Outcome?.Word());
        json.WriteString("detail"u8, record.Detail);
        json.WriteEndObject();
    }

    /// <summary>Writes the array of a record's attempts.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="attempts">The attempts.</param>
    /// <param name="withNull">Whether one that succeeded has <c>"failure":null</c>.</param>
    public static void WriteAttempts(Utf8JsonWriter json, IReadOnlyList<SessionAttempt> attempts, bool withNull)
    {
        json.WriteStartArray();
        for (int i = 0; i < attempts.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("exit"u8, attempts[i].Exit);
            json.WriteNumber("ms"u8, attempts[i].Ms);
            if (withNull || attempts[i].Failure is not null) json.WriteString("failure"u8, attempts[i].Failure?.Word());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IPEndPoint? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }
        Span<byte> text = stackalloc byte[AddressBytes.MaxLength];
        json.WriteString(name, text[..AddressBytes.Format(value, text)]);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IPAddress? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }
        Span<byte> text = stackalloc byte[AddressBytes.MaxLength];
        json.WriteString(name, text[..AddressBytes.Format(value, text)]);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
