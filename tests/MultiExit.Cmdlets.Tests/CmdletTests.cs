using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The cmdlets hosted in this process: what a program that embeds PowerShell sees.</summary>
public sealed class CmdletTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
    }

    [Fact]
    public void A_server_starts_is_listed_and_stops()
    {
        (IReadOnlyList<PSObject> started, IReadOnlyList<ErrorRecord> errors) =
            _session.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name hosted -PassThru");
        Assert.Empty(errors);
        Assert.Equal("MultiExit.MxServer", Assert.Single(started).BaseObject.GetType().FullName);
        Assert.Equal("hosted", Assert.Single(_session.Run("(Get-MxServer host*).Name").Output).BaseObject);
        Assert.Equal("Stopped", Assert.Single(_session.Run("(Stop-MxServer hosted -PassThru).State").Output).BaseObject);
        Assert.Empty(_session.Run("Get-MxServer").Output);
    }

    [Fact]
    public void A_terminating_error_has_a_stable_id_category_and_target()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        ErrorRecord error = _session.Fail($"Start-MxServer -Listen mixed://{busy.LocalEndpoint}");
        Assert.StartsWith("AddressInUse,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.Equal("MultiExit.MxException", error.Exception.GetType().FullName);
    }

    [Fact]
    public void An_error_of_one_item_lets_the_others_go_on()
    {
        _session.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name one");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run("Get-MxServer none, one");
        Assert.Single(output);
        Assert.StartsWith("ServerNotFound,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("none", errors[0].TargetObject);
    }

    [Fact]
    public async Task A_stopped_pipeline_ends_a_drain_and_the_sessions_with_it()
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        string port = $"{Assert.Single(_session.Run(
            $"(Start-MxServer -Listen tcp://127.0.0.1:0/{target.LocalEndpoint} -Name busy -PassThru).Listeners[0].EndPoint.Port").Output)}";
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, int.Parse(port));
        using TcpClient served = await target.AcceptTcpClientAsync().WaitAsync(Session.Limit);

        using var other = new Session();
        using PowerShell drain = other.Create("'begin'; Stop-MxServer busy -Deadline 10m");
        var begun = new TaskCompletionSource();
        using var input = new PSDataCollection<PSObject>();
        input.Complete();
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, _) => begun.TrySetResult();
        IAsyncResult run = drain.BeginInvoke(input, output);
        await begun.Task.WaitAsync(Session.Limit);
        await Task.Factory.FromAsync(drain.BeginStop, drain.EndStop, null).WaitAsync(Session.Limit);

        Assert.True(run.IsCompleted);
        Assert.Equal(PSInvocationState.Stopped, drain.InvocationStateInfo.State);
        Assert.Empty(drain.Streams.Error);
    }

    [Fact]
    public void Exits_are_taken_out_of_use_and_a_route_says_so()
    {
        _session.Run("Start-MxServer -Listen mixed://127.0.0.1:0 -Name exits");
        (IReadOnlyList<PSObject> disabled, IReadOnlyList<ErrorRecord> errors) =
            _session.Run("Get-MxExit direct -Server exits | Disable-MxExit -PassThru; Disable-MxExit none");
        Assert.Equal("Disabled", Assert.Single(disabled).Properties["State"].Value);
        Assert.StartsWith("ExitNotFound,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        PSObject route = Assert.Single(_session.Run("Test-MxRoute 192.0.2.1:443 -Server exits").Output);
        Assert.Equal(("Unavailable", "direct: disabled by an operator"), (route.Properties["Outcome"].Value, route.Properties["Reason"].Value));
        Assert.Equal("Served", Assert.Single(_session.Run("Enable-MxExit direct; (Test-MxRoute 192.0.2.1:443 -Server exits).Outcome").Output).BaseObject);
    }
}
