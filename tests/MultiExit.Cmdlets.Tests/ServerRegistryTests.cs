using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The servers of a process and the runspaces that share them.</summary>
public sealed class ServerRegistryTests : IDisposable
{
    private const int Runspaces = 10;

    private readonly Session _session = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
    }

    [Fact]
    public async Task Ten_runspaces_each_start_and_stop_a_server_at_once()
    {
        Session[] sessions = [.. Enumerable.Range(0, Runspaces).Select(_ => new Session())];
        try
        {
            string[] names = await AtOnceAsync(sessions, "Start-MxServer -Listen mixed://127.0.0.1:0 -PassThru | ForEach-Object Name");
            Assert.Equal(Names("multiexit"), names.Order(StringComparer.Ordinal));
            Assert.Equal(names.Order(StringComparer.Ordinal), Run("Get-MxServer | ForEach-Object Name").Order(StringComparer.Ordinal));
            int next = 0;
            await AtOnceAsync(sessions, () => $"Stop-MxServer {names[Interlocked.Increment(ref next) - 1]} -PassThru | ForEach-Object State");
            Assert.Empty(Run("Get-MxServer"));
        }
        finally
        {
            foreach (Session session in sessions) session.Dispose();
        }
    }

    [Fact]
    public async Task One_of_those_that_ask_for_a_name_at_once_gets_it()
    {
        Session[] sessions = [.. Enumerable.Range(0, Runspaces).Select(_ => new Session())];
        try
        {
            string[] results = await AtOnceAsync(sessions,
                "try { Start-MxServer -Listen mixed://127.0.0.1:0 -Name wanted -PassThru | ForEach-Object Name } "
                + "catch { $_.FullyQualifiedErrorId.Split(',')[0] }");
            Assert.Single(results, "wanted");
            Assert.Equal(Runspaces - 1, results.Count(result => result == "ServerExists"));
            Assert.Equal(["wanted"], Run("Get-MxServer | ForEach-Object Name"));
        }
        finally
        {
            foreach (Session session in sessions) session.Dispose();
        }
    }

    [Fact]
    public void A_start_that_fails_or_is_only_shown_frees_its_name()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        _session.Fail($"Start-MxServer -Listen mixed://{busy.LocalEndpoint} -Name edge");
        _session.Fail($"Start-MxServer -Listen mixed://{busy.LocalEndpoint}");
        Assert.Empty(Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge -WhatIf; Start-MxServer -Listen mixed://127.0.0.1:0 -WhatIf"));
        Assert.Equal(["edge", "multiexit"],
            Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge; Start-MxServer -Listen mixed://127.0.0.1:0; (Get-MxServer).Name"));
    }

    [Fact]
    public void A_port_that_another_server_of_the_session_has_is_reported_as_its()
    {
        string port = Assert.Single(Run("(Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge -PassThru).Listeners[0].EndPoint.Port"));
        ErrorRecord error = _session.Fail($"Start-MxServer -Listen mixed://127.0.0.1:{port} -Name other");
        Assert.StartsWith("AddressInUse,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"cannot listen on 127.0.0.1:{port}: the server 'edge' of this session listens there", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_that_fails_leaves_the_server_and_its_place_in_the_list()
    {
        Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge");
        // More than any server waits.
        _session.Fail("Stop-MxServer edge -Deadline ([timespan]::FromHours(25))");
        Assert.Equal(["Running"], Run("(Get-MxServer edge).State"));
        Assert.Equal(["Stopped"], Run("(Stop-MxServer edge -Deadline 1h -PassThru).State"));
        Assert.Empty(Run("Get-MxServer"));
    }

    [Fact]
    public async Task A_server_that_drains_keeps_its_name()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        int port = int.Parse(Assert.Single(
            Run($"(Start-MxServer -Listen tcp://127.0.0.1:0/{target.LocalEndpoint} -Name edge -PassThru).Listeners[0].EndPoint.Port")));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        TcpClient served = await target.AcceptTcpClientAsync().WaitAsync(Session.Limit);
        using var other = new Session();
        Task drain = Task.Run(() => other.Run("Stop-MxServer edge -Deadline 1h"));
        Assert.True(SpinWait.SpinUntil(() => Run("(Get-MxServer edge).State") is ["Draining"], Session.Limit));
        Assert.StartsWith("ServerExists,",
            _session.Fail("Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge").FullyQualifiedErrorId, StringComparison.Ordinal);
        client.Dispose();
        served.Dispose();
        await drain.WaitAsync(Session.Limit);
        Assert.Empty(Run("Get-MxServer"));
    }

    [Fact]
    public void Removing_the_module_stops_the_servers_of_this_runspace_with_a_warning_and_no_others()
    {
        using var other = new Session();
        Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name ours");
        other.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name theirs");
        string[] warnings = Warnings(other, "Remove-Module MultiExit");
        Assert.Equal(2, warnings.Length);
        Assert.Contains("have been stopped: theirs.", warnings[0], StringComparison.Ordinal);
        Assert.Contains("go on: ours.", warnings[1], StringComparison.Ordinal);
        Assert.Equal(["ours"], Run("(Get-MxServer).Name"));
        Assert.Equal(["ours"], [.. other.Run($"Import-Module '{Session.Manifest}'; (Get-MxServer).Name").Output.Select(name => $"{name}")]);
    }

    [Fact]
    public void Removing_the_module_stops_its_servers_where_warnings_end_the_script_as_well()
    {
        using var other = new Session();
        other.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name theirs");
        Assert.Contains("theirs", other.Fail("$WarningPreference = 'Stop'; Remove-Module MultiExit").ToString(), StringComparison.Ordinal);
        Assert.Empty(Run("Get-MxServer"));
    }

    [Fact]
    public void A_module_without_servers_is_removed_without_a_word() => Assert.Empty(Warnings(_session, "Remove-Module MultiExit"));

    [Fact]
    public void Importing_the_module_again_stops_nothing()
    {
        using var other = new Session();
        other.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name theirs");
        Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name ours");
        Assert.Empty(Warnings(_session, $"Import-Module '{Session.Manifest}' -Force"));
        Assert.Equal(["ours Running", "theirs Running"], Run("Get-MxServer | ForEach-Object { \"$_ $($_.State)\" }"));
        Assert.Equal(["ours", "theirs"], Run("Stop-MxServer * -PassThru | ForEach-Object Name"));
    }

    [Fact]
    public void A_server_outlives_the_runspace_that_started_it()
    {
        using (var other = new Session())
            other.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name theirs");
        Assert.Equal(["Running"], Run("(Get-MxServer theirs).State"));
    }

    private static IEnumerable<string> Names(string name) =>
        Enumerable.Range(1, Runspaces).Select(n => n == 1 ? name : $"{name}-{n}").Order(StringComparer.Ordinal);

    private static Task<string[]> AtOnceAsync(Session[] sessions, string script) => AtOnceAsync(sessions, () => script);

    private static async Task<string[]> AtOnceAsync(Session[] sessions, Func<string> script)
    {
        using Barrier start = new(sessions.Length);
        // A thread each: the pool would not give as many at once.
        return await Task.WhenAll(sessions.Select(session => Task.Factory.StartNew(() =>
        {
            string text = script();
            Assert.True(start.SignalAndWait(Session.Limit));
            (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Run(text);
            Assert.Empty(errors);
            return $"{Assert.Single(output)}";
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).WaitAsync(2 * Session.Limit);
    }

    private static string[] Warnings(Session session, string script)
    {
        using PowerShell shell = session.Create(script);
        shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return [.. shell.Streams.Warning.Select(warning => warning.Message)];
    }

    private string[] Run(string script)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(script);
        Assert.Empty(errors);
        return [.. output.Select(item => $"{item}")];
    }
}
