using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Resolving;

/// <summary>Looks up HTTPS records (RFC 9460 section 3).</summary>
internal static class HttpsRecords
{
    /// <summary>Looks up the records that serve a name; records that are aliases are followed, at most
    /// <see cref="DnsMessage.MaxAliases"/> of them.</summary>
    /// <returns>Records of <see cref="DnsServiceRecord"/> only, the best priority first, those with unknown mandatory keys included.</returns>
    public static async ValueTask<DnsAnswer> LookUpAsync(DnsCache cache, string name, CancellationToken cancellationToken)
    {
        string at = name;
        DateTimeOffset expires = DateTimeOffset.MaxValue;
        for (int hop = 0; hop <= DnsMessage.MaxAliases; hop++)
        {
            DnsAnswer answer = await cache.LookUpAsync(at, DnsType.Https, cancellationToken).ConfigureAwait(false);
            if (answer.Expires < expires) expires = answer.Expires;
            if (!answer.Found) return answer with { Expires = expires };
            // Beside an alias other records do not count (section 2.4.1).
            DnsServiceRecord? alias = answer.Records.OfType<DnsServiceRecord>().FirstOrDefault(record => record.IsAlias);
            if (alias is null)
                return answer with { Records = [.. answer.Records.OfType<DnsServiceRecord>().OrderBy(record => record.Priority)], Expires = expires };
            if (alias.Target.Length == 0) return new(DnsStatus.NoRecord, [], $"the HTTPS record of {at} says that there is no such service", expires);
            if (!DnsName.TryNormalize(alias.Target, out string? target))
                return new(DnsStatus.BadAnswer, [], $"the HTTPS record of {at} leads to {alias.Target}, which is no host name", expires);
            at = target;
        }
        return new(DnsStatus.BadAnswer, [], $"the HTTPS record of {name} leads through more than {DnsMessage.MaxAliases} aliases", expires);
    }
}
