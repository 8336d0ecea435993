using System.Net;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Changes that are rolled back by themselves.</summary>
public sealed class ManagedServerConfirmTests
{
    private static readonly ConfigRequest Within60 = new() { ConfirmWithin = TimeSpan.FromSeconds(60) };

    [Fact]
    public async Task A_confirmed_change_stays_over_its_time_and_over_a_restart()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)), Within60);
        Assert.Equal(new PendingVersion(2, 1, edge.Time.GetUtcNow() + TimeSpan.FromSeconds(60)), edge.Server.Pending);
        Assert.Equal(ConfigOutcome.Unconfirmed, edge.Server.Version!.Outcome);
        Assert.Equal(ConfigOutcome.Confirmed, (await edge.Server.ConfirmAsync()).Outcome);
        edge.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(edge.Server.Pending);
        await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ConfirmAsync());
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal((2, 2), (edge.Weight, edge.Server.Version!.Number));
    }

    [Fact]
    public async Task An_unconfirmed_change_goes_when_its_time_is_over_and_stays_gone()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)), Within60);
        edge.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, edge.Weight);
        edge.Time.Advance(TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(() => edge.Server.Pending is null);
        Assert.Equal(1, edge.Weight);
        Assert.Contains("not confirmed in time", edge.Server.LastReloadError, StringComparison.Ordinal);
        Assert.Equal(
            [(1, ConfigChange.Start, ConfigOutcome.Applied),
                (2, ConfigChange.Set, ConfigOutcome.Reverted),
                (3, ConfigChange.AutoRevert, ConfigOutcome.Applied)],
            edge.Versions);
        ProxyException late = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ConfirmAsync());
        Assert.Contains("version 3 is in force since it went back", late.Message, StringComparison.Ordinal);
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal(1, edge.Weight);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_before_the_confirmation_comes_back_on_the_old_version(bool ownFile)
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        if (ownFile) edge.Write(edge.Text(2));
        await edge.Server.ApplyAsync(ownFile ? MultiExit.Engine.Configuration.ConfigLoader.LoadFile(edge.File) : edge.Other(edge.Text(2)), Within60);
        Assert.Equal(2, edge.Weight);
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal(1, edge.Weight);
        Assert.Equal(
            [(1, ConfigChange.Start, ConfigOutcome.Applied),
                (2, ConfigChange.Set, ConfigOutcome.Reverted),
                (3, ConfigChange.AutoRevert, ConfigOutcome.Applied)],
            edge.Versions);
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal((1, 3), (edge.Weight, edge.Server.Version!.Number));
    }

    [Fact]
    public async Task While_it_waits_other_changes_are_refused_a_restore_ends_it_and_the_watch_waits()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(watch: true, edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)), Within60);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(edge.Text(3))));
        Assert.Contains("waits for its confirmation", refused.Message, StringComparison.Ordinal);
        edge.Write(edge.Text(4));
        for (int i = 0; i < 3; i++) await edge.Server.Watch!.LookAsync();
        Assert.Equal(2, edge.Weight);
        await edge.Server.RestoreAsync(1);
        Assert.Equal((1, null), (edge.Weight, edge.Server.Pending));
        Assert.Equal(ConfigOutcome.Reverted, edge.Server.GetVersions()[1].Outcome);
        edge.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, edge.Weight);
    }

    [Fact]
    public async Task When_the_old_address_is_taken_it_is_tried_again()
    {
        await using ManagedEdge edge = new();
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        IPEndPoint address = OwnEndPoints.Next();
        await edge.StartAsync(text: edge.Text(1, $"{{ name: proxy, type: mixed, listen: \"{address}\" }}"));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)), Within60);
        using (transport.Listen(address))
        {
            edge.Time.Advance(TimeSpan.FromSeconds(60));
            await Wait.UntilAsync(() => edge.Server.LastReloadError is not null);
            Assert.Equal(2, edge.Weight);
            Assert.NotNull(edge.Server.Pending);
        }
        await Wait.UntilAsync(() =>
        {
            edge.Time.Advance(TimeSpan.FromSeconds(10));
            return edge.Server.Pending is null;
        });
        Assert.Equal((1, 3), (edge.Weight, edge.Server.Version!.Number));
    }

    [Fact]
    public async Task Without_a_history_it_is_refused_with_a_sentence()
    {
        await using ManagedEdge edge = new();
        string plain = edge.Text(1).Replace("history: { directory: history, keep: 5 }", "", StringComparison.Ordinal);
        await edge.StartAsync(text: plain);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(plain), Within60));
        Assert.Contains("no `history: { directory: ... }`", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_cannot_be_bound_leaves_nothing_to_confirm()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(
            edge.Other(edge.Text(2, "{ name: proxy, type: mixed, listen: \"192.0.2.1:1\" }")), Within60));
        Assert.Null(edge.Server.Pending);
        Assert.Single(edge.Server.GetVersions());
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal((1, 1), (edge.Weight, edge.Server.Version!.Number));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_probe_that_fails_goes_back_at_once_and_one_that_succeeds_settles_it(bool confirm)
    {
        await using ManagedEdge edge = new();
        await using EchoTarget target = new();
        await edge.StartAsync(text: edge.Text(1));
        ConfigRequest probed = new() { Probe = Of(target.EndPoint), ConfirmWithin = confirm ? TimeSpan.FromSeconds(60) : null };
        ProxyException failed = await Assert.ThrowsAsync<ProxyException>(
            () => edge.Server.ApplyAsync(edge.Other(edge.Text(2, more: "default: block")), probed));
        Assert.Equal(ProxyError.ProbeFailed, failed.Reason);
        Assert.Equal((1, null), (edge.Weight, edge.Server.Pending));

        using ClosedPort closed = new();
        await Assert.ThrowsAsync<ProxyException>(
            () => edge.Server.ApplyAsync(edge.Other(edge.Text(3, more: "default: a")), probed with { Probe = Of(closed.EndPoint) }));
        Assert.Equal(1, edge.Weight);

        ConfigVersion? version = await edge.Server.ApplyAsync(edge.Other(edge.Text(4, more: "default: a")), probed);
        Assert.Equal(4, edge.Weight);
        Assert.Equal(confirm ? ConfigOutcome.Unconfirmed : ConfigOutcome.Applied, version!.Outcome);
        Assert.Equal(confirm, edge.Server.Pending is not null);
        await edge.CrashAsync();
        await edge.StartAsync();
        Assert.Equal(confirm ? 1 : 4, edge.Weight);
    }

    [Fact]
    public async Task The_time_for_a_confirmation_begins_behind_the_probe()
    {
        await using ManagedEdge edge = new();
        using ScriptedProxy proxy = new();
        await edge.StartAsync(text: edge.Text(1));
        string through = edge.Text(2, more: "default: a").Replace("type: direct", $"type: socks5, server: \"{proxy.EndPoint}\"", StringComparison.Ordinal);
        Task<ConfigVersion?> change = edge.Server.ApplyAsync(edge.Other(through),
            new ConfigRequest { Probe = Of(proxy.EndPoint), ConfirmWithin = TimeSpan.FromSeconds(3) });
        TestClient probe = await proxy.AcceptedAsync();
        await using DuplexStream accepted = probe.Stream;
        edge.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, edge.Weight);
        await probe.ReadAsync(3);
        await probe.SendAsync("0500");
        await probe.ReadAsync(10);
        await probe.SendAsync("05000001000000000000");
        await change.WaitAsync(TestTransports.Patience);
        Assert.Equal((2, edge.Time.GetUtcNow() + TimeSpan.FromSeconds(3)), (edge.Weight, edge.Server.Pending!.Until));
        edge.Time.Advance(TimeSpan.FromSeconds(3));
        await Wait.UntilAsync(() => edge.Server.Pending is null);
        Assert.Equal(1, edge.Weight);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_probe_and_the_change_goes()
    {
        await using ManagedEdge edge = new();
        await using HoldingTarget silent = new();
        await edge.StartAsync(text: edge.Text(1));
        string through = edge.Text(2, more: "default: a").Replace("type: direct", $"type: socks5, server: \"{silent.EndPoint}\"", StringComparison.Ordinal);
        Task<ConfigVersion?> change = edge.Server.ApplyAsync(edge.Other(through), new ConfigRequest { Probe = Of(silent.EndPoint) });
        await silent.Reached;
        try
        {
            await edge.StopAsync().WaitAsync(TestTransports.Patience);
        }
        finally
        {
            silent.Release();
        }
        ProxyException stopped = await Assert.ThrowsAsync<ProxyException>(() => change);
        Assert.Equal(ProxyError.ProbeFailed, stopped.Reason);
        Assert.Contains("was stopped", stopped.Message, StringComparison.Ordinal);
        await edge.StartAsync();
        Assert.Equal((1, ConfigOutcome.Reverted), (edge.Weight, edge.Server.GetVersions()[1].Outcome));
    }

    private static Destination Of(IPEndPoint endPoint) =>
        Destination.TryParse(endPoint.ToString(), -1, out Destination? parsed) ? parsed : throw new InvalidOperationException();
}
