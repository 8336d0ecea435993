using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Sets something up on the system for a configuration: plan, apply, verify, remove. Linux only. What it makes is recognised later, however
/// often the server has started since, and nothing else is touched.</summary>
public abstract class Provisioner
{
    private readonly string _command;

    private protected Provisioner(GatewayConfig config, ICommandRunner system, string command)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        Runner = system;
        _command = command;
    }

    private protected GatewayConfig Config { get; }

    private protected ICommandRunner Runner { get; }

    /// <summary>The commands that make the set-up, one a line. Reads the host's addresses, changes nothing, needs no privileges.</summary>
    /// <exception cref="ProxyException">The configuration contradicts itself.</exception>
    public abstract IReadOnlyList<string> Plan();

    /// <summary>The commands that <see cref="ApplyAsync"/> or <see cref="RemoveAsync"/> would run now, one a line. Changes nothing.</summary>
    /// <param name="remove">Whether those of removal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">They would fail before their first step; the message says why.</exception>
    public async Task<IReadOnlyList<string>> PreviewAsync(bool remove, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<SetupStep> steps = await (remove ? RemovalAsync(cancellationToken) : ApplicationAsync(cancellationToken)).ConfigureAwait(false);
        return [.. steps.SelectMany(step => step.Script.Split('\n'))];
    }

    /// <summary>Compares the system with the plan.</summary>
    /// <returns>The differences; empty when everything is in place.</returns>
    /// <exception cref="ProxyException">CAP_NET_ADMIN or a program is missing, or the configuration contradicts itself.</exception>
    public abstract Task<IReadOnlyList<SetupDifference>> VerifyAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes what is missing and removes MultiExit's rules that are no longer in the plan. When a step fails, the steps before it
    /// are undone.</summary>
    /// <returns>The steps taken; empty when everything was in place.</returns>
    /// <exception cref="ProxyException">Nothing has changed; the message says why and what to do.</exception>
    public Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default) => ChangeAsync("apply", ApplicationAsync, cancellationToken);

    /// <summary>Removes everything that was made for this configuration, and nothing else.</summary>
    /// <returns>The steps taken; empty when there was nothing.</returns>
    /// <exception cref="ProxyException">It is not removed; the message says why and what to do.</exception>
    public Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken = default) => ChangeAsync("remove", RemovalAsync, cancellationToken);

    // The steps from the present state to the plan.
    private protected abstract Task<IReadOnlyList<SetupStep>> ApplicationAsync(CancellationToken cancellationToken);

    // Those to nothing.
    private protected abstract Task<IReadOnlyList<SetupStep>> RemovalAsync(CancellationToken cancellationToken);

    private protected void RequirePermission(string verb)
    {
        if (!Runner.MayChangeNetwork)
            throw new ProxyException(ProxyError.PermissionDenied,
                $"{_command} {verb} needs CAP_NET_ADMIN; run it as root (sudo multiexit {_command} {verb} ...); nothing has changed");
    }

    private protected void RequireToLook()
    {
        if (!Runner.MayChangeNetwork)
            throw new ProxyException(ProxyError.PermissionDenied,
                "looking at the firewall needs CAP_NET_ADMIN; run as root, or give the service that capability");
    }

    // The system is looked at and changed by one process at a time.
    private async Task<IReadOnlyList<string>> ChangeAsync(
        string verb, Func<CancellationToken, Task<IReadOnlyList<SetupStep>>> find, CancellationToken cancellationToken)
    {
        RequirePermission(verb);
        using IDisposable alone = await SetupLock.TakeAsync(SetupLock.SystemPath, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SetupStep> steps = await find(cancellationToken).ConfigureAwait(false);
        return await new SetupRun(Runner).RunAsync(steps, cancellationToken).ConfigureAwait(false);
    }
}
