using System.Globalization;
using System.Management.Automation;
using System.Xml.Linq;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>The output of cmdlets on a console.</summary>
public sealed class ViewTests : IDisposable
{
    private const int Columns = 80;
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string> Types
    {
        get
        {
            TheoryData<string> names = [];
            foreach (XElement view in Views()) names.Add(view.Element("Name")!.Value);
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_table_has_room_for_all_of_its_columns(string name)
    {
        XElement? table = View(name).Element("TableControl");
        if (table is null)
        {
            Assert.NotNull(View(name).Element("ListControl"));
            return;
        }
        XElement[] headers = [.. table.Element("TableHeaders")!.Elements()];
        int width = headers.Length - 1
            + headers.Sum(header => header.Element("Width") is { } fixedWidth ? int.Parse(fixedWidth.Value, CultureInfo.InvariantCulture) : 10);
        Assert.InRange(width, 1, Columns);
        Assert.NotEmpty(table.Descendants("Wrap"));
        Assert.All(headers.Where(header => header.Element("Width") is not null),
            header => Assert.InRange(header.Element("Label")!.Value.Length, 1, int.Parse(header.Element("Width")!.Value, CultureInfo.InvariantCulture)));
        Assert.Equal(headers.Length, table.Descendants("TableColumnItem").Count());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_view_is_of_the_objects_of_a_job_too(string name) =>
        Assert.Equal([name, $"Deserialized.{name}"], View(name).Element("ViewSelectedBy")!.Elements().Select(type => type.Value));

    [Theory]
    [MemberData(nameof(Types))]
    public void A_view_shows_points_in_time_on_the_local_clock_alone(string name)
    {
        string[] times = [.. _session.Run(
            $"[{name}].GetProperties() | Where-Object {{ $_.PropertyType -in [datetimeoffset], [Nullable[datetimeoffset]] }} | ForEach-Object Name").Output
                .Select(time => time.ToString())];
        Assert.DoesNotContain(View(name).Descendants("PropertyName"), property => times.Contains(property.Value));
        foreach (string script in View(name).Descendants("ScriptBlock").Select(script => script.Value))
            Assert.All(times.Where(time => script.Contains($"$_.{time}", StringComparison.Ordinal)),
                time => Assert.Matches($@"\[MultiExit\.TableText\]::(Time|Moment|Age)\(\$_\.{time}\)|if \(\$_\.{time}\)", script));
    }

    [Theory]
    [InlineData("[datetimeoffset]'2026-11-29T03:00:00Z'")]
    [InlineData(
        "[Management.Automation.PSSerializer]::Deserialize("
        + "[Management.Automation.PSSerializer]::Serialize(([datetimeoffset]'2026-11-29T03:00:00Z'), 2))")]
    [InlineData("[datetimeoffset]::Parse('2026-11-29T05:00:00+02:00').ToString([cultureinfo]::InvariantCulture)")]
    public void A_point_in_time_is_shown_on_the_local_clock(string time)
    {
        string? before = Environment.GetEnvironmentVariable("TZ");
        try
        {
            Environment.SetEnvironmentVariable("TZ", "Asia/Tokyo");
            TimeZoneInfo.ClearCachedData();
            Assert.Equal("2026-11-29 12:00:00", Show($"[MultiExit.TableText]::Time(({time}))"));
            Assert.Equal("11-29 12:00:00", Show($"[MultiExit.TableText]::Moment(({time}))"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", before);
            TimeZoneInfo.ClearCachedData();
        }
    }

    [Theory]
    [InlineData("0", "0 B")]
    [InlineData("999", "999 B")]
    [InlineData("1000", "1.0 KB")]
    [InlineData("1000000", "1.0 MB")]
    [InlineData("500000000000", "500 GB")]
    [InlineData("999990000", "1.0 GB")]
    [InlineData("$null", "")]
    public void A_size_has_its_unit(string bytes, string expected) => Assert.Equal(expected, Show($"[MultiExit.TableText]::Size({bytes})"));

    [Fact]
    public void A_long_reason_is_shown_whole()
    {
        string file = _folder.Write("edge.yaml", """
            name: edge
            inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
            exits: [{ name: wan1, type: direct }]
            default: wan1
            """);
        Show($"Start-MxServer '{file}'; Disable-MxExit wan1");
        Assert.Contains("disabledbyanoperator", Whole("Get-MxExit wan1"), StringComparison.Ordinal);
        Assert.Contains("wan1:disabledbyanoperator", Whole("Test-MxRoute 192.0.2.1:443"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_without_a_server_is_shown_with_its_reason()
    {
        string file = _folder.Write("far.yaml", """
            name: far
            inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
            exits:
              - { name: hub, type: tunnel, server: "127.0.0.1:1", key: "a key that both sides know" }
              - { name: echup, type: ech-tunnel, server: "ws://127.0.0.1:1/tunnel", token: another }
            default: hub
            """);
        Show($"Start-MxServer '{file}'; $until = (Get-Date).AddSeconds(30); "
            + "while (@(Get-MxExit | Where-Object CarriersLostSince).Count -lt 2 -and (Get-Date) -lt $until) { Start-Sleep -Milliseconds 20 }");
        Assert.Contains("nocarriertoitsserver:thetunnelserver127.0.0.1:1cannotbereached", Whole("Get-MxExit hub"), StringComparison.Ordinal);
        Assert.Equal("0 True hub", Show("$exit = Get-MxExit hub; \"$($exit.Carriers) $($exit.CarrierError -like '*cannot be reached*') $($exit.Name)\""));
        Assert.Equal("", Show("$exit = Get-MxExit direct; $exit.Carriers; $exit.CarriersLostSince; $exit.CarrierError").Trim());
        string list = Show("Get-MxExit echup | Format-List | Out-String -Width 200");
        Assert.Matches(@"Carriers\s+: 0\s", list);
        Assert.Matches(@"CarrierError\s+: the ECH tunnel server 127.0.0.1:1 cannot be reached", list);
    }

    [Fact]
    public void A_test_of_a_file_shows_what_is_wrong_with_it()
    {
        string file = _folder.Write("bad.yaml", """
            inbounds:
              - { name: a, type: mixed, listen: "nonsense" }
              - { name: b, type: mixd, listen: "127.0.0.1:0" }
            """);
        string shown = Show($"Test-MxConfig '{file}' | Out-String -Width 200");
        Assert.Contains("2:37 inbounds[0].listen: \"nonsense\" has no port", shown, StringComparison.Ordinal);
        Assert.Contains("3:22 inbounds[1].type: unknown value \"mixd\"", shown, StringComparison.Ordinal);
        shown = Whole($"Test-MxConfig '{file}'");
        Assert.Contains("2:37inbounds[0].listen:\"nonsense\"hasnoport", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-MxServer")]
    [InlineData("Start-MxClient")]
    public void The_syntax_begins_with_the_file(string cmdlet)
    {
        string[] sets = [.. _session.Run($"(Get-Command {cmdlet}).ParameterSets.Name").Output.Select(set => set.ToString())];
        Assert.Equal(["Config", "Url"], sets);
        Assert.StartsWith($"{cmdlet} [[-Config] <string>]", Show($"Get-Command {cmdlet} -Syntax").Trim(), StringComparison.Ordinal);
        Assert.StartsWith("NoConfigFile,", _session.Fail($"{cmdlet} -Watch").FullyQualifiedErrorId, StringComparison.Ordinal);
        // Without anything it is the embedded default; port 1080 may be taken.
        string transcript = _folder["transcript.txt"];
        Show($"$null = Start-Transcript '{transcript}'; {cmdlet} -WhatIf; $null = Stop-Transcript");
        Assert.Contains("on target \"multiexit\"", File.ReadAllText(transcript), StringComparison.Ordinal);
    }

    // The output at 80 columns, with the text of each column joined to one piece again.
    private string Whole(string script)
    {
        string[] lines = Show($"{script} | Out-String -Width {Columns}").Split('\n');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd('\r').Length, 0, Columns));
        // A column that wraps goes on beneath itself: all but the last column is blank there.
        return string.Concat(lines.Select(line => line.Trim())).Replace(" ", "", StringComparison.Ordinal);
    }

    private string Show(string script)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(script);
        Assert.Empty(errors);
        return string.Join('\n', output.Select(line => $"{line}"));
    }

    private static XElement View(string name) => Views().Single(view => view.Element("Name")!.Value == name);

    private static IEnumerable<XElement> Views() =>
        XDocument.Load(Path.Combine(Session.RepositoryRoot, "module", "MultiExit.Format.ps1xml")).Root!.Element("ViewDefinitions")!.Elements("View");
}
