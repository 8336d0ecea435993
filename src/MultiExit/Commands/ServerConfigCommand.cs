using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that work on the configuration of one running server.</summary>
public abstract class ServerConfigCommand : ServerCommand
{
    /// <summary>The one server of that name; null after an error.</summary>
    private protected RunningServer? FindServer(NamePattern name)
    {
        RunningServer[] servers = [.. Find([name])];
        if (servers.Length == 1) return servers[0];
        if (servers.Length == 0 && name.IsWildcard && !IsUnreachable)
        {
            WriteError(NewError("ServerNotFound", ErrorCategory.ObjectNotFound, name.Text,
                $"No server that '{name.Text}' stands for runs in this session; start one, or reach one of another process with -Socket."));
        }
        else if (servers.Length > 1)
        {
            WriteError(NewError("ServerAmbiguous", ErrorCategory.InvalidArgument, name.Text,
                $"'{name.Text}' stands for {servers.Length} servers, and a configuration is that of one: name it with -Name."));
        }
        return null;
    }

    /// <summary>Whether the server is one of another host, which is an error: the cmdlet works with files of the server's own host.</summary>
    private protected bool IsElsewhere(RunningServer server)
    {
        if (server.Host is not { } host) return false;
        WriteError(NewError("ServerElsewhere", ErrorCategory.InvalidOperation, server.Name,
            $"The server {server.Name} runs on the host {host.Target.Host}, and what this needs is there alone."));
        return true;
    }

    /// <summary>Asks, with all that would change in view.</summary>
    private protected bool Ask(RunningServer server, string action, IReadOnlyList<ConfigDifference> differences,
        Func<ReplayQuery, CancellationToken, Task<ReplayReport>>? replay = null)
    {
        string changes = differences.Count == 0 ? "nothing differs" : string.Join(Environment.NewLine, differences);
        string text = $"{action} on the server '{server.Name}':{Environment.NewLine}{changes}{(replay is null ? "" : Replayed(server, replay))}";
        return ShouldProcess(text, text, action);
    }

    // With -WhatIf: what the change would have done with the sessions of the last day, or where none are recorded with those that are live.
    private string Replayed(RunningServer server, Func<ReplayQuery, CancellationToken, Task<ReplayReport>> replay)
    {
        if (!MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf) || whatIf is not SwitchParameter { IsPresent: true }) return "";
        ReplayReport report;
        try
        {
            report = Await(token => replay(new ReplayQuery(ReplaySource.Records, DateTimeOffset.Now - TimeSpan.FromDays(1)), token));
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.ServerState)
        {
            report = Await(token => replay(new ReplayQuery(ReplaySource.Live), token));
        }
        MxReplay told = new(server.Name, report);
        return string.Concat(told.Changes.SelectMany(change => change.Examples.Select(example => $"  {example}").Prepend($"{change}")).Prepend($"{told}")
            .Select(line => Environment.NewLine + line));
    }

    /// <summary>Changes parts of the configuration, once asked.</summary>
    /// <returns>The configuration in force afterwards; null when nothing has changed.</returns>
    private protected ConfigStatus? Edit(RunningServer server, string action, IReadOnlyList<ConfigEdit> edits, ConfigRequest? request = null)
    {
        if (!Ask(server, action, Await(token => server.Control.CheckEditsAsync(edits, token)),
            (query, token) => server.Control.ReplayEditsAsync(edits, query, token))) return null;

        IReadOnlyList<ServerWarning> known = Await(server.Control.GetConfigAsync).Warnings;
        ConfigStatus status = Await(token => server.Control.EditConfigAsync(edits, request, token));
        // Only a part changes: warnings about the other parts are not new.
        WriteWarnings(server.Name, status.Warnings.Except(known));
        if (status.History is null)
            WriteWarning($"{server.Name}: the change is gone when the server ends or its file is read again, since its configuration has no `history`.");
        WarnOfPending(server, status);
        return status;
    }

    /// <summary>Writes until when a change has to be confirmed.</summary>
    private protected void WarnOfPending(RunningServer server, ConfigStatus status)
    {
        if (status.Pending is not { } pending) return;

        string until = $"{server.Name}: the change is rolled back to version {pending.Previous} "
            + $"at {pending.Until.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}";
        // The change may have moved the socket that it came over.
        string? socket = server.SocketBehind(status);
        if (server.Socket is null)
            WriteWarning($"{until} unless you run: Confirm-MxConfig {server.Name}");
        else if (socket is null)
            WriteWarning($"{until}: the new configuration has no control socket, so it cannot be confirmed.");
        else
            WriteWarning($"{until} unless you run: Confirm-MxConfig -Socket {NameCompleter.Quote(socket)}");
    }
}
