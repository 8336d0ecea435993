using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Browser;

/// <summary>The dashboard in a real browser. Pictures are kept under artifacts/dashboard.</summary>
public sealed class DashboardTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string[] Views = ["overview", "sessions", "users", "configuration", "events", "records"];

    private DashboardServer _server = null!;
    private BrowserPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsInstalled) return;
        _server = await DashboardServer.StartAsync();
        _page = await chromium.OpenAsync(_server.Url);
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task It_loads_and_says_when_a_login_is_wrong()
    {
        await _page.UntilAsync("document.getElementById('login').checkVisibility()");
        await _page.PictureAsync("login");
        await LogInAsync("olga", "guess");
        await _page.UntilAsync("document.getElementById('login-error').innerText === 'That is not right. Try again.'");
        Assert.Equal("login-password", await _page.ReadAsync("document.activeElement.id"));
        await _page.PictureAsync("login-wrong");
        await _page.TypeAsync("operates");
        await _page.PressAsync("Enter");
        await _page.UntilAsync("document.getElementById('link').innerText === 'live' && document.getElementById('server-name').innerText === 'edge-1'");
        await _page.UntilAsync("document.querySelectorAll('#exits tbody tr').length === 5");
        await _page.PictureAsync("overview");
        await _page.ClickAsync("#logout");
        await _page.UntilAsync("document.getElementById('login').checkVisibility() && !document.getElementById('app').checkVisibility()");
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task A_session_appears_within_two_seconds_is_filtered_and_cut()
    {
        await EnterAsync("olga", "operates", "sessions");
        using Socket kept = await _server.ConnectMarkedAsync();
        await RowsAsync(1);
        using Socket cut = await _server.ConnectAsync();
        await RowsAsync(2, TimeSpan.FromSeconds(2));
        Assert.Equal(DashboardServer.Marked, await _page.ReadAsync("document.querySelectorAll('#sessions tbody td:nth-child(2)')[1].innerText"));
        Assert.Equal("0", await _page.ReadAsync("document.querySelectorAll('td img').length"));
        await _page.PictureAsync("sessions");

        await _page.ClickAsync("#sessions-filter");
        string client = $"127.0.0.1:{((IPEndPoint)cut.LocalEndPoint!).Port}";
        await _page.TypeAsync(client);
        await RowsAsync(1);
        Assert.Equal(client, await _page.ReadAsync("document.querySelector('#sessions tbody td').innerText"));

        // Not without a confirmation.
        await _page.ClickAsync("#sessions tbody .danger");
        await _page.UntilAsync("document.getElementById('ask').open");
        await _page.PictureAsync("cut");
        await _page.ClickAsync("#ask-no");
        await SocksClient.EchoAsync(cut);
        await _page.ClickAsync("#sessions tbody .danger");
        await _page.ClickAsync("#ask-yes");
        await RowsAsync(0);
        await Assert.ThrowsAnyAsync<Exception>(() => SocksClient.EchoAsync(cut));
        await SocksClient.EchoAsync(kept);
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task The_keyboard_alone_suffices()
    {
        using Socket session = await _server.ConnectAsync();
        await _page.UntilAsync("document.activeElement.id === 'login-name'");
        await _page.TypeAsync("olga");
        await _page.PressAsync("Tab");
        await _page.TypeAsync("operates");
        await _page.PressAsync("Enter");
        await _page.UntilAsync("document.getElementById('link').innerText === 'live'");
        await _page.TabToAsync("nav a[href='#sessions']");
        Assert.NotEqual("none", await _page.ReadAsync("getComputedStyle(document.activeElement).outlineStyle"));
        await _page.PressAsync("Enter");
        await RowsAsync(1);
        await _page.TabToAsync("#sessions .danger");
        // The focus stays where it is while the table is renewed.
        const string Age = "document.querySelector('#sessions td:nth-child(9)').innerText";
        await _page.UntilAsync($"(window.age ??= {Age}) !== {Age}");
        Assert.Equal("true", await _page.ReadAsync("document.activeElement.matches('#sessions .danger')"));
        await _page.PressAsync("Enter");
        await _page.UntilAsync("document.activeElement.id === 'ask-no'");
        await _page.PressAsync("Escape");
        await _page.UntilAsync("!document.getElementById('ask').open");
        await SocksClient.EchoAsync(session);
        await _page.PressAsync("Enter");
        await _page.TabToAsync("#ask-yes");
        await _page.PictureAsync("keyboard");
        await _page.PressAsync("Enter");
        await RowsAsync(0);
        await Assert.ThrowsAnyAsync<Exception>(() => SocksClient.EchoAsync(session));
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task A_phone_scrolls_in_one_direction_only_and_the_dark_scheme_is_dark()
    {
        using Socket session = await _server.ConnectMarkedAsync();
        await EnterAsync("olga", "operates", "overview");
        await _page.UntilAsync("document.querySelector('#plot-sessions .line').points.length > 2");
        string light = await _page.ReadAsync("getComputedStyle(document.body).backgroundColor");
        await _page.SchemeAsync("dark");
        Assert.NotEqual(light, await _page.ReadAsync("getComputedStyle(document.body).backgroundColor"));
        await _page.PictureAsync("dark");
        await _page.SizeAsync(390, 844, mobile: true);
        foreach (string scheme in new[] { "dark", "light" })
        {
            await _page.SchemeAsync(scheme);
            foreach (string view in Views)
            {
                await ShowAsync(view);
                Assert.Equal("390", await _page.ReadAsync("innerWidth"));
                Assert.Equal("390", await _page.ReadAsync("document.documentElement.scrollWidth"));
                await _page.PictureAsync($"phone-{view}-{scheme}");
            }
        }
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium, ExternalTool.Curl)]
    public async Task A_change_counts_down_is_compared_and_confirmed_or_rolled_back()
    {
        await EnterAsync("olga", "operates", "configuration");
        await _page.UntilAsync("document.querySelectorAll('#versions tbody tr').length === 1");
        await ChangeAsync(weight: 5);
        string left = await _page.ReadAsync("document.getElementById('pending-left').innerText");
        Assert.Matches("^0[45]:[0-9][0-9]$", left);
        await _page.UntilAsync($"document.getElementById('pending-left').innerText !== '{left}'");
        await _page.UntilAsync("document.querySelectorAll('#versions tbody tr').length === 2");
        await _page.ClickAsync("#compare button");
        await _page.UntilAsync("document.getElementById('differences').innerText.includes('exits[wan1].weight')");
        await _page.PictureAsync("pending");
        await _page.ClickAsync("#pending-actions .danger");
        await _page.ClickAsync("#ask-yes");
        await _page.UntilAsync("!document.getElementById('pending').checkVisibility()");
        Assert.Equal(1, await WeightAsync());
        await ChangeAsync(weight: 6);
        await _page.ClickAsync("#pending-actions .main");
        await _page.UntilAsync("!document.getElementById('pending').checkVisibility()");
        Assert.Equal(6, await WeightAsync());
        await ShowAsync("events");
        // Others of the same subject follow half a minute later, as one.
        await _page.UntilAsync("['config-applied', 'server-started'].every(type => document.getElementById('events').innerText.includes(type))");
        await _page.PictureAsync("events");
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task Records_of_ended_sessions_are_searched()
    {
        using (await _server.ConnectAsync())
        using (await _server.ConnectMarkedAsync()) await EnterAsync("rita", "reads", "records");
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        while (await _page.ReadAsync("fetch('/api/records').then(answer => answer.json()).then(all => all.length)") != "2") await poll.WaitForNextTickAsync();
        await _page.ClickAsync("#search [name=user]");
        await _page.TypeAsync(DashboardServer.Marked);
        await _page.PressAsync("Enter");
        await _page.UntilAsync("document.getElementById('records-told').innerText === '1 found'");
        Assert.Equal($"{_server.Target.EndPoint}", await _page.ReadAsync("document.querySelector('#records tbody td:nth-child(4)').innerText"));
        await _page.PictureAsync("records");
        await _page.TypeAsync("x");
        await _page.PressAsync("Enter");
        await _page.UntilAsync("document.getElementById('records-told').innerText === 'No record matches.'");
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task An_operator_disables_enables_and_weighs_exits()
    {
        const string Row = "[...document.querySelectorAll('#exits tbody tr')].find(row => row.innerText.startsWith('wan2'))";
        await EnterAsync("olga", "operates", "overview");
        await _page.ClickAsync("button[aria-label='Disable wan2']");
        await _page.ClickAsync("#ask-yes");
        await _page.UntilAsync($"{Row}.querySelector('.badge').innerText === 'disabled'");
        await _page.ClickAsync("button[aria-label='Enable wan2']");
        await _page.UntilAsync($"{Row}.querySelector('.badge').innerText !== 'disabled'");
        await _page.ClickAsync("button[aria-label='Weight wan2']");
        await _page.UntilAsync("document.getElementById('ask').open");
        await _page.ReadAsync("document.getElementById('ask-number').select()");
        await _page.TypeAsync("9");
        await _page.ClickAsync("#ask-yes");
        await _page.UntilAsync($"{Row}.querySelector('td:nth-child(10)').innerText === '9'");
        await _page.AssertNoProblemAsync();
    }

    [RequiresFact(ExternalTool.Chromium)]
    public async Task A_reader_has_no_buttons_that_change_something()
    {
        using Socket session = await _server.ConnectMarkedAsync();
        await EnterAsync("rita", "reads", "overview");
        await _page.UntilAsync("document.querySelectorAll('#exits tbody tr').length === 5");
        foreach (string view in Views)
        {
            await ShowAsync(view);
            if (view == "sessions") await RowsAsync(1);
            if (view == "users") await _page.UntilAsync("document.querySelectorAll('#users .quota').length === 1");
            Assert.Equal("", await _page.ReadAsync("[...document.querySelectorAll('main button')].filter(button => button.checkVisibility() "
                + "&& !['Compare', 'Search'].includes(button.innerText)).map(button => button.innerText)"));
            await _page.PictureAsync($"reader-{view}");
        }
        await _page.AssertNoProblemAsync();
    }

    private async Task EnterAsync(string name, string password, string view)
    {
        await LogInAsync(name, password);
        await _page.UntilAsync("document.getElementById('link').innerText === 'live'");
        await ShowAsync(view);
    }

    private async Task LogInAsync(string name, string password)
    {
        await _page.ClickAsync("#login-name");
        await _page.TypeAsync(name);
        await _page.ClickAsync("#login-password");
        await _page.TypeAsync(password);
        await _page.ClickAsync("#login-form .main");
    }

    private async Task ShowAsync(string view)
    {
        await _page.ClickAsync($"nav a[href='#{view}']");
        await _page.UntilAsync($"document.getElementById('view-{view}').checkVisibility()");
    }

    private Task RowsAsync(int count, TimeSpan? within = null) =>
        _page.UntilAsync($"document.querySelectorAll('#sessions tbody tr').length === {count}", within);

    private async Task ChangeAsync(int weight)
    {
        await _server.Control.AskAsync("config?confirm_within=5m", "--data-binary", _server.Config(weight), "-X", "PUT");
        await _page.UntilAsync("document.getElementById('pending').checkVisibility()");
    }

    private async Task<int> WeightAsync() => (await _server.Control.AskAsync("exits")).EnumerateArray()
        .Single(exit => exit.GetProperty("name").GetString() == "wan1").GetProperty("weight").GetInt32();
}
