using MultiExit.Host.Tests.EndToEnd.Fleet;
using MultiExit.Host.Tests.EndToEnd.Namespaces;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Browser;

/// <summary>The dashboard of a node, in a real browser with a real PostgreSQL.</summary>
public sealed class DashboardFleetTests(Chromium chromium) : IClassFixture<Chromium>
{
    [FleetFact]
    public async Task It_shows_all_nodes_their_exits_and_the_store_and_that_it_is_gone()
    {
        Assert.SkipUnless(Chromium.IsInstalled, "Chromium is not installed");
        using NamespaceHost space = new($"mxd-{Environment.ProcessId}");
        using FleetDatabase database = await FleetDatabase.StartAsync(space, "127.0.0.1");
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "one.yaml"), Config("one", database));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "two.yaml"), Config("two", database));
        (int exitCode, _, string error) = await HostProcess.RunAsync("store", "init", "--config", Path.Combine(folder.Path, "one.yaml"));
        Assert.True(exitCode == 0, error);
        using ProxyHost one = await ProxyHost.StartAsync("--config", Path.Combine(folder.Path, "one.yaml"));
        using ProxyHost two = await ProxyHost.StartAsync("--config", Path.Combine(folder.Path, "two.yaml"));
        string opened = await one.LogLineAsync("MX1095");
        BrowserPage page = await chromium.OpenAsync(opened[opened.IndexOf("http://", StringComparison.Ordinal)..].Trim());
        await page.UntilAsync("document.getElementById('login').checkVisibility()");
        await page.ClickAsync("#login-name");
        await page.TypeAsync("olga");
        await page.ClickAsync("#login-password");
        await page.TypeAsync("operates");
        await page.PressAsync("Enter");
        await page.UntilAsync("[...document.querySelectorAll('#fleet-nodes tbody tr')].map(row => row.cells[0].innerText + ' ' + row.cells[1].innerText)"
            + ".join() === 'one (this one) alive,two alive'");
        Assert.StartsWith("The store answers", await page.ReadAsync("document.getElementById('fleet-store').innerText"), StringComparison.Ordinal);
        Assert.Equal("eu, edge", await page.ReadAsync("document.querySelector('#fleet-nodes tbody tr').cells[6].innerText"));
        await page.ClickAsync("button[aria-label='Disable direct']");
        await page.ClickAsync("#ask-yes");
        await page.UntilAsync("[...document.querySelectorAll('#exits tbody tr')].some(row => row.cells[0].innerText.startsWith('direct')"
            + " && row.cells[1].innerText.includes('disabled on 1 of 2 nodes'))");
        await page.PictureAsync("fleet");
        database.Kill();
        await page.UntilAsync("document.getElementById('fleet-store').innerText.startsWith('The store cannot be used')");
        Assert.Equal("2", await page.ReadAsync("document.querySelectorAll('#fleet-nodes tbody tr').length"));
        await page.AssertNoProblemAsync();
    }

    private static string Config(string node, FleetDatabase database) => $$"""
        name: {{node}}
        inbounds: [{ name: proxy, type: socks5, listen: "127.0.0.1:0" }]
        fleet: { store: "{{database.OwnerStore}}", name: prod, node: {{node}}, labels: [eu, edge] }
        dashboard: { listen: "127.0.0.1:0", users: [{ name: olga, password: operates, role: operator }] }
        """;
}
