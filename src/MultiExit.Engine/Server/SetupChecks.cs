using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Checks what this host lacks for a valid configuration. Nothing is changed, and nothing is sent.</summary>
internal static class SetupChecks
{
    /// <summary>Descriptors and threads that do not suffice, source addresses and prefixes that are not this host's, names that ECH hides in vain, exits
    /// that lead back, and keys that can be guessed.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="transport">The sockets.</param>
    /// <param name="pushesMetrics">Whether this host pushes metrics where the configuration asks for it.</param>
    public static IEnumerable<SetupWarning> Find(GatewayConfig config, ITransport transport, bool pushesMetrics = true)
    {
        if (config.Metrics.Listen is { } scraped && !IPAddress.IsLoopback(scraped.Address)) yield return new SetupWarning(Warnings.MetricsForAll(scraped));
        if (config.Dashboard is { Tls: null } dashboard && !IPAddress.IsLoopback(dashboard.Listen.Address))
            yield return new SetupWarning(Warnings.DashboardInTheClear(dashboard.Listen));
        foreach (RuleSetConfig set in config.Sets.Where(IsInTheClear))
            yield return new SetupWarning(Warnings.FetchedInTheClear($"sets.{set.Name}", "which requests your rules match"));
        foreach (GroupConfig group in config.Groups.Where(group => group.Members is { } list && IsInTheClear(list)))
            yield return new SetupWarning(Warnings.FetchedInTheClear($"members of group {group.Name}", "through whose servers your clients' connections go"));
        foreach (AuthConfig auth in config.Inbounds.Select(inbound => inbound.Auth).OfType<AuthConfig>().Where(auth => auth.IsInTheClear).Distinct())
            yield return new SetupWarning(Warnings.BackEndInTheClear(auth.Name, auth.Place));
        foreach (LightsocksInboundConfig inbound in config.Inbounds.OfType<LightsocksInboundConfig>().Where(inbound => inbound.Tls is null))
            yield return new SetupWarning(Warnings.LightsocksProtectsNothing($"inbound {inbound.Name}"));
        foreach (LightsocksExitConfig exit in config.Exits.OfType<LightsocksExitConfig>())
            yield return new SetupWarning(Warnings.LightsocksProtectsNothing($"exit {exit.Name}"));
        if (!pushesMetrics && config.Metrics.Otlp is { } otlp) yield return new SetupWarning(Warnings.MetricsNotPushed(otlp.Endpoint));
        foreach (string program in config.Notify.Where(target => target.Command.Count > 0).Select(target => target.Command[0])
            .Distinct(StringComparer.Ordinal).Where(program => !MayRun(program)))
            yield return new SetupWarning(Warnings.NotifyCommandMissing(program), () => !MayRun(program));
        if (DescriptorsTooFew(config) is { } few) yield return new SetupWarning(few, () => DescriptorsTooFew(config) is not null);
        if (ThreadBudget.IsShort && ThreadBudget.Reading is { } threads) yield return new SetupWarning(Warnings.ThreadsTooFew(threads, ThreadBudget.LookUps));
        foreach (GroupConfig pool in config.Groups.Where(group => group.Pool is not null && !config.Snat.Enabled))
        {
            HashSet<string> names = [.. pool.Exits];
            IPAddress[] all = [.. config.Exits.OfType<DirectExitConfig>().Where(exit => names.Contains(exit.Name)).Select(exit => exit.Address!)];
            IPAddress[] missing = [.. all.Where(address => !IsOnHost(address, transport))];
            if (missing.Length > 0 || all.Length == 0)
            {
                yield return new SetupWarning(Warnings.PoolNotOnHost(pool.Name, missing, all.Length),
                    () => all.Length == 0 || Array.Exists(missing, address => !IsOnHost(address, transport)));
            }
        }
        foreach (DirectExitConfig exit in config.Exits.OfType<DirectExitConfig>().Where(exit => exit.PoolOf is null))
        {
            if (exit.Prefix is { } prefix && !LocalRoutes.Cover(prefix))
                yield return new SetupWarning(Warnings.PrefixNotLocal(exit.Name, prefix), () => !LocalRoutes.Cover(prefix));
            // With source NAT an exit is shut until its rules are there, and reports it itself.
            if (exit.Address is { } address && !config.Snat.Enabled && !IsOnHost(address, transport))
                yield return new SetupWarning(Warnings.AddressNotOnHost(exit.Name, address), () => !IsOnHost(address, transport));
        }
        foreach (InboundConfig inbound in config.Inbounds.Where(inbound => inbound.IsOpenToPages))
        {
            if (inbound.PrivateDestinationsAllowed is null && IPAddress.IsLoopback(inbound.Listen.Address))
                yield return new SetupWarning(Warnings.PrivateNotSaid(inbound.Name));
            if (inbound.PageOrigins.Contains(WebOrigin.Any, StringComparer.Ordinal)) yield return new SetupWarning(Warnings.AnyPage(inbound.Name));
        }
        foreach (OwnLoop loop in OwnLoops.Find(config, LocalAddresses.System.Contains))
            yield return new SetupWarning(Warnings.LeadsBack(loop));
        foreach ((string exit, string name) in NamesInTheClear.Find(config))
            yield return new SetupWarning(Warnings.NameInTheClear(exit, name));
        foreach ((string exit, Uri resolver) in NamesInTheClear.FindResolvers(config))
            yield return new SetupWarning(Warnings.EchOverPlainHttp(exit, resolver));
        if (config.ClearPasswords is [var first, ..]) yield return new SetupWarning(Warnings.ClearPasswords(first, config.ClearPasswords.Count));
        if (config.NotCarriedOver.Count > 0) yield return new SetupWarning(Warnings.NotCarriedOver(config.NotCarriedOver));
        foreach (string place in WeakKeys.Find(config))
            yield return new SetupWarning(Warnings.KeyWeak(place));
    }

    private static bool IsInTheClear(SourceConfig set) => set is { Sha256: null, Via: null, Url: { } url }
        && Uri.TryCreate(Encoding.UTF8.GetString(url.Reveal()), UriKind.Absolute, out Uri? address) && address.Scheme == "http" && !address.IsLoopback;

    // The right of any user counts: a check does not know which user the server will have.
    private static bool MayRun(string program)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(program) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(program) & Execute) != UnixFileMode.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // One for a client and one for its target; the server's other descriptors are few beside that.
    private static ServerWarning? DescriptorsTooFew(GatewayConfig config)
    {
        DescriptorAccount account = DescriptorAccount.Process;
        account.Refresh();
        return 2L * config.Limits.Connections <= account.Limit ? null
            : Warnings.DescriptorsTooFew(config.Limits.Connections, account.Limit, account.Clients);
    }

    /// <summary>Compares the system with the plan for source NAT.</summary>
    /// <returns>What is missing, or why it is not known; null when all is in place, or no source NAT is asked for.</returns>
    public static async Task<ServerWarning?> FindSnatAsync(GatewayConfig config, ICommandRunner system, CancellationToken cancellationToken)
    {
        if (!config.Snat.Enabled) return null;
        return await CompareAsync(new SnatManager(config, system), Warnings.SnatDiffers, Warnings.SnatNotChecked, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Compares the system with the plan for redirecting.</summary>
    /// <returns>What is missing, or why it is not known; null when all is in place, or nothing is to be redirected.</returns>
    public static async Task<ServerWarning?> FindRedirectAsync(GatewayConfig config, ICommandRunner system, CancellationToken cancellationToken)
    {
        if (!config.Inbounds.Any(inbound => inbound is TransparentInboundConfig { Redirect: not null })) return null;
        return await CompareAsync(
            new RedirectManager(config, system), Warnings.RedirectDiffers, Warnings.RedirectNotChecked, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ServerWarning?> CompareAsync(
        Provisioner manager, Func<string, int, ServerWarning> differs, Func<string, ServerWarning> notChecked, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<SetupDifference> differences = await manager.VerifyAsync(cancellationToken).ConfigureAwait(false);
            return differences.Count == 0 ? null : differs($"{differences[0]}", differences.Count - 1);
        }
        catch (ProxyException exception)
        {
            return notChecked(exception.Message);
        }
    }

    /// <summary>Whether an address is this host's: an address that can be bound is. Interfaces do not list all of 127.0.0.0/8, nor networks that
    /// are routed to this host as a whole.</summary>
    public static bool IsOnHost(IPAddress address, ITransport transport)
    {
        try
        {
            transport.BindUdp(new IPEndPoint(address, 0)).Dispose();
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode != SocketError.AddressNotAvailable;
        }
        catch (ObjectDisposedException)
        {
            // The server has stopped meanwhile; the earlier result stays.
            return false;
        }
    }
}
