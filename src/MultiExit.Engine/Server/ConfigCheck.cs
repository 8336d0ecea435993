using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Files;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Members;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>The check of a configuration on this machine without a start. Nothing listens, nothing is sent, nothing changes.</summary>
/// <param name="Errors">Why a server could not start: all that is wrong with the text, or otherwise what this machine lacks.</param>
/// <param name="Warnings">The warnings of a server that starts with it.</param>
public sealed record ConfigCheck(IReadOnlyList<ConfigError> Errors, IReadOnlyList<ServerWarning> Warnings)
{
    /// <summary>Checks a configuration.</summary>
    /// <param name="config">The result of loading, valid or not.</param>
    /// <param name="name">The name of the file in errors; null for none.</param>
    /// <param name="cancellationToken">Ends the comparison of the system with the plan for source NAT.</param>
    public static Task<ConfigCheck> OnThisMachineAsync(ConfigResult config, string? name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        return OnThisMachineAsync(config, name, new SystemCommandRunner(), TimeProvider.System, cancellationToken);
    }

    internal static async Task<ConfigCheck> OnThisMachineAsync(
        ConfigResult result, string? name, ICommandRunner system, TimeProvider time, CancellationToken cancellationToken)
    {
        if (result.Config is not { } config) return new ConfigCheck(result.Errors, []);
        List<ConfigError> errors = [];
        List<ServerWarning> warnings = [];
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            for (int i = 0; i < config.Inbounds.Count; i++) CheckInbound(config.Inbounds[i], $"inbounds[{i}]");
            if (config.Dashboard is { } dashboard) CheckListener("dashboard", dashboard.Listen, dashboard.Tls, "dashboard");
            foreach (AuthConfig auth in config.Inbounds.Select(inbound => inbound.Auth).OfType<AuthConfig>().Distinct()) CheckBackEnd(auth);
            await CheckExitsAsync().ConfigureAwait(false);
            Try("geoip", () => GeoDatabases.Open(config.GeoIp));
            warnings.AddRange(SetupChecks.Find(AddressPools.Expand(config, system.AddressesOf), transport).Select(found => found.Warning));
        }
        if (await SetupChecks.FindSnatAsync(config, system, cancellationToken).ConfigureAwait(false) is { } snat) warnings.Add(snat);
        if (await SetupChecks.FindRedirectAsync(config, system, cancellationToken).ConfigureAwait(false) is { } redirect) warnings.Add(redirect);
        await CheckSetsAsync().ConfigureAwait(false);
        CheckHistory();
        return new ConfigCheck(errors, warnings);

        void CheckInbound(InboundConfig inbound, string path) => CheckListener(path, inbound.Listen, inbound.Tls, $"inbound {inbound.Name}");

        void CheckListener(string path, IPEndPoint listen, TlsServerConfig? tls, string what)
        {
            if (!SetupChecks.IsOnHost(listen.Address, transport)) Add($"{path}.listen", $"the address {listen.Address} is not on this host");
            if (tls is null) return;
            Try($"{path}.tls", () =>
            {
                TlsServer server = new(tls, time);
                if (server.ProblemAt(time.GetUtcNow()) is { } problem) warnings.Add(Diagnostics.Warnings.Certificate(what, problem));
                warnings.AddRange((server.Clients?.ProblemsAt(time.GetUtcNow()) ?? []).Select(fault => Diagnostics.Warnings.RevocationList(what, fault)));
            });
        }

        // A file of users, a library, a CA file; nothing is asked.
        void CheckBackEnd(AuthConfig auth)
        {
            BackEndParts parts = new((_, _) => throw new NotSupportedException(), new PasswordVerifier(time), time);
            InboundConfig[] inbounds = [config.Inbounds.First(inbound => inbound.Auth == auth)];
            Try(auth == config.Auth ? "auth" : $"inbounds[{config.Inbounds.ToList().IndexOf(inbounds[0])}].auth", () =>
            {
                using BackEndSet set = new(parts);
                set.GiveUp(set.Build(config with { Inbounds = inbounds }));
            });
        }

        async Task CheckExitsAsync()
        {
            ExitSet? exits = null;
            using ResolverSet resolvers = new(transport, time);
            Try("exits", () => exits = ExitFactory.Build(config, transport, resolvers.For(config.Dns), time, null, system));
            if (exits is not null) await exits.DisposeAsync().ConfigureAwait(false);
        }

        // One by one, so that each is told.
        async Task CheckSetsAsync()
        {
            foreach (RuleSetConfig set in config.Sets.Where(set => set.File is not null)) await CheckSourceAsync(new RuleSet(set)).ConfigureAwait(false);
            foreach (MemberSource list in MemberSource.Of(config).Where(list => list.Settings.File is not null))
                await CheckSourceAsync(list).ConfigureAwait(false);
        }

        async Task CheckSourceAsync<T>(Sourced<T> source)
            where T : class
        {
            try
            {
                await SourceTable<Sourced<T>, T>.LoadAsync([source], time, cancellationToken).ConfigureAwait(false);
            }
            catch (ProxyException exception)
            {
                Add($"{source.Place}.file", exception.Message);
            }
        }

        void CheckHistory()
        {
            if (config.History is not { } history || !Directory.Exists(history.Directory)) return;
            HistoryFolder folder = new(history.Directory);
            Try("history", () =>
            {
                CheckedRecord<HistoryState> state = folder.ReadState();
                if (state.State == CheckedState.FromCopy) warnings.Add(Diagnostics.Warnings.StoreDamaged(Path.Combine(folder.Path, HistoryFolder.StateFile)));
                if (Diagnostics.Warnings.Of(HistoryStart.Choose(result, folder, state.Value)) is { } warning) warnings.Add(warning);
            });
        }

        void Try(string path, Action check)
        {
            try
            {
                check();
            }
            catch (ProxyException exception)
            {
                Add(path, exception.Message);
            }
        }

        void Add(string path, string message) => errors.Add(new ConfigError(name, 0, 0, path, message, ConfigErrorKind.Machine));
    }
}
