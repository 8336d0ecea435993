using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Resolving;

/// <summary>Looks at the ECH configs that a server publishes, for people; connections use the same records by themselves.</summary>
public static class EchConfigQuery
{
    /// <summary>Asks for the HTTPS records of a name, aliases followed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="doh">The resolver.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">The text is not a valid name, or the URL is not that of a resolver (<see cref="ProxyError.InvalidConfiguration"/>);
    /// the CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static async Task<EchQueryResult> LookUpAsync(string name, DohConfig doh, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(doh);
        if (!DohUrl.IsGood(doh.Url, mayBePlain: true))
            throw Invalid($"{ShownUrl.Of(doh.Url.OriginalString)} is no URL of a resolver; expected one such as https://1.1.1.1/dns-query");
        if (!DnsName.TryNormalize(name, out string? normalized)) throw Invalid("the name is no domain name");
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            using DohClient client = new(doh, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
            DnsAnswer answer = await HttpsRecords.LookUpAsync(new DnsCache(client, TimeProvider.System), normalized, cancellationToken).ConfigureAwait(false);
            return new(answer.Status, answer.Failure, answer.Expires, [.. answer.Records.OfType<DnsServiceRecord>().Select(Read)]);
        }
    }

    /// <summary>Reads an ECHConfigList in base64 or PEM.</summary>
    /// <param name="text">The text, also as it stands in a DNS record, <c>ech="..."</c>.</param>
    /// <param name="list">The list; null when the result is not null.</param>
    /// <returns>Null when it was read, otherwise what is wrong, as a clause.</returns>
    public static string? Parse(string text, out EchConfigList? list)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(EchConfigText.Decode(text), out list);
    }

    /// <summary>Reads a file with an ECHConfigList: PEM (ECHCONFIG), base64 or its bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="list">The list; null when the result is not null.</param>
    /// <returns>Null when it was read, otherwise what is wrong, as a clause.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? ParseFile(string path, out EchConfigList? list) => Parse(EchConfigText.ReadFile(path), out list);

    private static string? Parse(byte[]? bytes, out EchConfigList? list)
    {
        list = null;
        if (bytes is null) return "there is neither base64 nor a PEM block ECHCONFIG";
        return EchConfigList.Parse(bytes, out list) is { } fault ? $"the ECHConfigList {fault}" : null;
    }

    private static EchServiceRecord Read(DnsServiceRecord record)
    {
        EchConfigList? list = null;
        string? fault = record.Ech is null ? null : Parse(record.Ech, out list);
        return new(record.Priority, record.Target, record.Port, record.Alpn, record.Ipv4Hints, record.Ipv6Hints, record.UnknownMandatory)
        {
            HasEch = record.Ech is not null, Configs = list, Fault = fault,
        };
    }

    private static ProxyException Invalid(string message) => new(ProxyError.InvalidConfiguration, message);
}
