using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>Whether each configured resolver (DNS over HTTPS) answers: one query, the only packets that the checks send.</summary>
internal sealed class ResolverCheck() : PreflightCheck("doh")
{
    // A name of the resolver itself (RFC 9462 section 4), which says nothing of anybody's destinations.
    private const string Question = "resolver.arpa";

    public override async ValueTask<IReadOnlyList<PreflightResult>> LookAsync(PreflightContext context, CancellationToken cancellationToken)
    {
        DohConfig[] resolvers = [.. Of(context.Config)];
        if (resolvers.Length == 0) return [Skip("no resolver is configured; the system's is asked")];
        return await Task.WhenAll(resolvers.Select(resolver => AskAsync(resolver, context, cancellationToken))).ConfigureAwait(false);
    }

    private static IEnumerable<DohConfig> Of(GatewayConfig config) =>
        config.Exits.Select(exit => exit.Hiding).Where(hiding => hiding is { Configs: null }).Select(hiding => hiding!.Doh)
            .Prepend(config.Dns.Doh).OfType<DohConfig>().Distinct();

    private async Task<PreflightResult> AskAsync(DohConfig resolver, PreflightContext context, CancellationToken cancellationToken)
    {
        try
        {
            IDnsClient client = context.Resolver(resolver);
            using IDisposable? ends = client as IDisposable;
            long began = context.Time.GetTimestamp();
            DnsReply reply = await client.QueryAsync(Question, DnsType.A, cancellationToken).ConfigureAwait(false);
            return reply.Status is DnsStatus.Unreachable or DnsStatus.BadAnswer
                ? Fail(reply.Failure ?? $"the resolver {resolver.Url} gave no answer",
                    $"curl -v {resolver.Url}, as the server's user; without an answer no name is resolved. `bootstrap` and `ca` say how it is reached")
                : Ok($"{resolver.Url} answers in {context.Time.GetElapsedTime(began).TotalMilliseconds:0} ms");
        }
        catch (ProxyException exception)
        {
            return Fail($"{resolver.Url}: {exception.Message}", "put the file there, readable by the server's user");
        }
    }
}
