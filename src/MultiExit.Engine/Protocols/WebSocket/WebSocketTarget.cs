using System.Globalization;
using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Protocols.WebSocket;

/// <summary>The user and the destination in a WebSocket proxy's request (docs/protocols.md): in fields, or, from older clients, in the
/// query.</summary>
internal sealed class WebSocketTarget
{
    private string? _host;
    private string? _port;

    /// <summary>X-Proxy-Username as it came; null for none.</summary>
    public byte[]? Username { get; private set; }

    /// <summary>X-Proxy-Password as it came; null for none. Secret.</summary>
    public byte[]? Password { get; private set; }

    /// <summary>The token of <c>Authorization: Bearer</c> (RFC 6750 section 2.1); null for none. Secret.</summary>
    public byte[]? Token { get; private set; }

    /// <summary>What is wrong with host and port; looked at after the credentials. 401 for a port, as deployed servers answer it.</summary>
    public HttpFault Fault { get; private set; }

    /// <summary>The destination; null with a fault.</summary>
    public Destination? Destination { get; private set; }

    /// <summary>Reads a request.</summary>
    /// <param name="head">The head.</param>
    /// <param name="bytes">Its bytes.</param>
    public static WebSocketTarget Parse(HttpRequestHead head, ReadOnlySpan<byte> bytes)
    {
        WebSocketTarget target = new();
        HttpFieldReader reader = new(bytes);
        while (reader.Read())
        {
            if (reader.Is("Authorization"u8) && BearerOf(reader.Value) is { Length: > 0 } token) target.Token = target.Once(target.Token, token);
            if (!reader.Name.StartsWith("X-"u8) && !reader.Name.StartsWith("x-"u8)) continue;
            if (reader.Is("X-Proxy-Target-Host"u8)) target._host = target.Once(target._host, reader.Value);
            else if (reader.Is("X-Proxy-Target-Port"u8)) target._port = target.Once(target._port, reader.Value);
            else if (reader.Is("X-Proxy-Username"u8)) target.Username = target.Once(target.Username, reader.Value);
            else if (reader.Is("X-Proxy-Password"u8)) target.Password = target.Once(target.Password, reader.Value);
        }
        if (target.Fault.IsNone) target.Fault = target.ReadQuery(head.Target.Path);
        if (target.Fault.IsNone) target.Fault = target.ReadDestination();
        return target;
    }

    /// <summary>Writes the fields of a client.</summary>
    /// <param name="writer">Receives the fields.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="username">The user; null for none.</param>
    /// <param name="password">The password; must be a field value.</param>
    public static void Write(HttpHeadWriter writer, Destination destination, string? username, ReadOnlySpan<byte> password)
    {
        writer.Field("X-Proxy-Target-Host"u8, destination.Host);
        writer.Field("X-Proxy-Target-Port"u8, destination.Port);
        if (username is null) return;
        writer.Field("X-Proxy-Username"u8, Encoding.UTF8.GetBytes(username));
        writer.Field("X-Proxy-Password"u8, password);
    }

    private static ReadOnlySpan<byte> BearerOf(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> scheme = "Bearer "u8;
        return value.Length > scheme.Length && Ascii.EqualsIgnoreCase(value[..scheme.Length], scheme) ? HttpChars.Trim(value[scheme.Length..]) : default;
    }

    private string Once(string? before, ReadOnlySpan<byte> value)
    {
        if (before is not null) Fault = HttpFault.Bad("the target is given twice");
        return Encoding.Latin1.GetString(value);
    }

    private byte[] Once(byte[]? before, ReadOnlySpan<byte> value)
    {
        if (before is not null) Fault = HttpFault.Bad("the credentials are given twice");
        return value.ToArray();
    }

    // A field has precedence over the same value in the query.
    private HttpFault ReadQuery(string path)
    {
        int question = path.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || _host is not null && _port is not null) return default;
        string? host = null, port = null;
        foreach (string part in path[(question + 1)..].Split('&'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            string value = Uri.UnescapeDataString(part[(equals + 1)..].Replace('+', ' '));
            switch (part[..equals])
            {
                case "host" when host is not null:
                case "port" when port is not null:
                    return HttpFault.Bad("the target is given twice");
                case "host":
                    host = value;
                    break;
                case "port":
                    port = value;
                    break;
            }
        }
        _host ??= host;
        _port ??= port;
        return default;
    }

    private HttpFault ReadDestination()
    {
        if (string.IsNullOrEmpty(_host)) return HttpFault.Bad("no target: send X-Proxy-Target-Host and X-Proxy-Target-Port, or ?host=NAME&port=NUMBER");
        if (!ushort.TryParse(_port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return new(401, "the target's port is not a number from 1 to 65535");
        if (!Destination.TryFromHost(_host, port, out Destination? destination)) return HttpFault.Bad("the target's host is neither a name nor an address");
        Destination = destination;
        return default;
    }
}
