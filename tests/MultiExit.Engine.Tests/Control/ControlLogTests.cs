using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Control;

/// <summary>The log and the warnings over the control socket.</summary>
public sealed class ControlLogTests
{
    private static readonly GatewayConfig Elsewhere = TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("203.0.113.9") }],
    };

    [UnixFact]
    public async Task The_client_gets_the_messages_that_the_server_has()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Elsewhere);
        Assert.Equal(gateway.Server.GetLog(new LogQuery()).Select(Text), (await gateway.Client.GetLogAsync(new LogQuery())).Select(Text));
        LogQuery query = new() { Level = LogLevel.Warning, Ids = ["MX1012", "MX2*"], Last = 1, Since = DateTimeOffset.Now.AddMinutes(-5) };
        LogEntry warning = Assert.Single(await gateway.Client.GetLogAsync(query));
        Assert.Equal("MX1012", warning.Id);
        Assert.Empty(await gateway.Client.GetLogAsync(query with { Since = DateTimeOffset.Now.AddMinutes(5) }));
        Assert.Equal(Assert.Single(gateway.Server.GetWarnings()), Assert.Single((await gateway.Client.GetStatusAsync()).Warnings));

        static string Text(LogEntry entry) => $"{entry.Time:O} {entry.Level} {entry.Id} {entry.Message} {string.Join(' ', entry.Properties)}";
    }

    [UnixFact]
    public async Task A_question_that_is_not_understood_is_answered_with_what_is_expected()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        Assert.Contains("expected debug, info, warning, error", await gateway.AskAsync("GET", "/log?level=loud"), StringComparison.Ordinal);
        Assert.Contains("expected a whole number from 1", await gateway.AskAsync("GET", "/log?last=0"), StringComparison.Ordinal);
        Assert.Contains("expected a time", await gateway.AskAsync("GET", "/log?since=yesterday"), StringComparison.Ordinal);
        Assert.Contains("405", await gateway.AskAsync("POST", "/log"), StringComparison.Ordinal);
        Assert.Contains("\"id\": \"MX1000\"", await gateway.AskAsync("GET", "/log?id=MX1000"), StringComparison.Ordinal);
    }
}
