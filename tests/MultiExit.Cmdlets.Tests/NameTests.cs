using System.Management.Automation;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

/// <summary>Names: which texts are valid, which stand for themselves, and which are patterns.</summary>
public sealed class NameTests : IDisposable
{
    private readonly Session _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Run("Stop-MxServer *");
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a[1]")]
    [InlineData("a?")]
    [InlineData("a`*")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("Zürich")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm")]
    public void A_name_that_a_file_may_not_have_is_refused_at_start(string name)
    {
        foreach (string cmdlet in (string[])["Start-MxServer", "Start-MxClient"])
        {
            ErrorRecord error = _session.Fail($"{cmdlet} -Listen mixed://127.0.0.1:0 -Name '{name}'");
            Assert.StartsWith("InvalidName,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal((ErrorCategory.InvalidArgument, name), (error.CategoryInfo.Category, error.TargetObject));
        }
        Assert.Empty(_session.Run("Get-MxServer").Output);
    }

    // Each is given objects whose names are '*': nothing has that name.
    [Theory]
    [InlineData("Get-MxLog", "ServerNotFound")]
    [InlineData("Get-MxServer", "ServerNotFound")]
    [InlineData("Stop-MxServer", "ServerNotFound")]
    [InlineData("Restart-MxServer", "ServerNotFound")]
    [InlineData("Get-MxConfig", "ServerNotFound")]
    [InlineData("Get-MxConfigVersion", "ServerNotFound")]
    [InlineData("Compare-MxConfigVersion", "ServerNotFound")]
    [InlineData("Confirm-MxConfig", "ServerNotFound")]
    [InlineData("Restore-MxConfigVersion", "ServerNotFound")]
    [InlineData("Save-MxConfig", "ServerNotFound")]
    [InlineData("Set-MxConfig -Set @{ 'limits.connections' = 5 }", "ServerNotFound")]
    [InlineData("Set-MxUser -Connections 5", "ServerNotFound")]
    [InlineData("New-MxUser -Network 192.0.2.1", "ServerNotFound")]
    [InlineData("Remove-MxUser", "ServerNotFound")]
    [InlineData("Get-MxUser", "ServerNotFound")]
    [InlineData("Get-MxSession", "ServerNotFound")]
    [InlineData("Stop-MxSession", "ServerNotFound")]
    [InlineData("Export-MxDiagnostic -Path none.zip", "ServerNotFound")]
    [InlineData("Test-MxServer", "ServerNotFound")]
    [InlineData("Find-MxSession", "ServerNotFound")]
    [InlineData("Get-MxTraffic", "ServerNotFound")]
    [InlineData("Get-MxRuleSet", "ServerNotFound RuleSetNotFound")]
    [InlineData("Update-MxRuleSet", "ServerNotFound RuleSetNotFound")]
    [InlineData("Get-MxNode", "ServerNotFound NodeNotFound")]
    [InlineData("Get-MxRollout", "ServerNotFound")]
    [InlineData("Undo-MxRollout -Fleet *", "ServerNotFound FleetNotFound")]
    [InlineData("Get-MxGroup", "ServerNotFound GroupNotFound")]
    [InlineData("Update-MxGroup", "ServerNotFound GroupNotFound")]
    [InlineData("Unpublish-MxExit -Group *", "ServerNotFound MemberNotFound")]
    [InlineData("Watch-MxServer", "ServerNotFound")]
    [InlineData("Measure-MxTunnel", "ServerNotFound")]
    [InlineData("ConvertTo-MxUrl", "ServerNotFound")]
    [InlineData("ConvertTo-MxUrl -Server names", "ExitNotFound")]
    [InlineData("Unlock-MxClient", "ServerNotFound")]
    [InlineData("Test-MxRoute", "ServerNotFound")]
    [InlineData("Test-MxRoute -Server names", "InboundNotFound")]
    [InlineData("Disable-MxExit", "ServerNotFound ExitNotFound")]
    [InlineData("Disable-MxExit -Server names", "ExitNotFound")]
    [InlineData("Enable-MxExit -Server names", "ExitNotFound")]
    [InlineData("Set-MxExit -Server names -Weight 3", "ExitNotFound")]
    [InlineData("Test-MxExit -Server names", "ExitNotFound")]
    public void A_name_from_the_pipeline_stands_for_itself(string command, string errorIds)
    {
        _session.Run($"Start-MxServer '{Write("names")}'");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(
            $"[pscustomobject]@{{ Name = '*'; Server = '*'; Inbound = '*'; Id = 1; Version = 1; "
            + $"Client = '192.0.2.1'; Destination = '192.0.2.1:1' }} | {command}");
        Assert.Empty(output);
        Assert.Equal(errorIds.Split(' '), errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(errors, error => Assert.Equal("*", error.TargetObject));
        Assert.Equal("Running 0", Assert.Single(_session.Run(
            "$s = Get-MxServer names; \"$($s.State) $(@(Get-MxExit | Where-Object State -EQ Disabled).Count)\"").Output).BaseObject);
    }

    [Fact]
    public void Every_name_that_can_come_through_the_pipeline_is_in_that_list()
    {
        string[] listed = [.. typeof(NameTests).GetMethod(nameof(A_name_from_the_pipeline_stands_for_itself))!.GetCustomAttributesData()
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)[0]
                .Value!.ToString()!.Split(' ')[0])];
        string[] all = [.. _session.Run("""
            Get-Command -Module MultiExit | Where-Object { $_.Parameters.Values | Where-Object { $_.Name -in 'Name', 'Server', 'Inbound', 'User', 'Exit' -and
                ($_.Attributes | Where-Object { $_ -is [Management.Automation.SupportsWildcardsAttribute] }) -and
                ($_.Attributes | Where-Object { $_ -is [Parameter] -and ($_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName) }) } } |
                ForEach-Object Name
            """).Output.Select(name => $"{name}")];
        // Get-MxExit and Get-MxMetric take servers by value: a text is enough. Services are those of systemd; MxService.Tests.ps1 has one for them.
        Assert.Equal(all.Order(StringComparer.Ordinal), listed.Concat(["Get-MxExit", "Get-MxMetric", "Get-MxService", "Uninstall-MxService"]).Distinct()
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_text_from_the_pipeline_stands_for_itself_and_an_argument_is_a_pattern()
    {
        Start("edge-1");
        (_, IReadOnlyList<ErrorRecord> errors) = _session.Run("'edge-*' | Get-MxServer; '*' | Get-MxExit; '*' | Get-MxMetric; 'edge-*' | Stop-MxServer");
        Assert.Equal(4, errors.Count(error => error.FullyQualifiedErrorId.StartsWith("ServerNotFound,", StringComparison.Ordinal)));
        Assert.Contains("a pattern is given as an argument", errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal("edge-1", Assert.Single(_session.Run("(Get-MxServer edge-*).Name").Output).BaseObject);
        Assert.Equal("edge-1", Assert.Single(_session.Run("'EDGE-1' | Get-MxServer | ForEach-Object Name").Output).BaseObject);
    }

    [Fact]
    public void An_argument_stays_a_pattern_while_other_parameters_come_through_the_pipeline()
    {
        Start("edge-1");
        Start("edge-2");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(
            "[pscustomobject]@{ Name = 'direct' } | Disable-MxExit -Server edge-* -PassThru; "
            + "$PSDefaultParameterValues['Get-MxUser:Server'] = 'edge-*'; Get-MxServer | Get-MxUser");
        Assert.Empty(errors);
        Assert.Equal(2, output.Count);
    }

    [Fact]
    public void A_record_that_does_not_name_a_server_means_all_again()
    {
        Start("edge-1");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(
            "[pscustomobject]@{ Name = 'direct'; Server = 'none' }, [pscustomobject]@{ Name = 'direct' } | Disable-MxExit -PassThru");
        Assert.Equal("edge-1", Assert.Single(output).Properties["Server"].Value);
        Assert.Equal("none", errors[0].TargetObject);
    }

    [Fact]
    public void A_script_block_gives_a_name_of_the_pipeline()
    {
        Start("edge-1");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run("[pscustomobject]@{ Of = '*' } | Stop-MxServer -Name { $_.Of }");
        Assert.Empty(output);
        Assert.StartsWith("ServerNotFound,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(_session.Run("Get-MxServer").Output);
    }

    [Fact]
    public void An_object_means_the_exit_of_its_own_case()
    {
        _session.Run($"Start-MxServer '{Write("names", "exits: [{ name: wan, type: direct }, { name: WAN, type: direct }]")}'");
        Assert.Equal("WAN", Assert.Single(_session.Run("Get-MxExit | Where-Object Name -CEQ WAN | Disable-MxExit -PassThru").Output).Properties["Name"].Value);
        Assert.Equal(2, _session.Run("Get-MxExit Wan").Output.Count);
        Assert.Equal(2, _session.Run("'Wan' | Test-MxExit -Target tcp://127.0.0.1:9").Output.Count);
    }

    [Theory]
    [InlineData("Test-MxExit wan", "wan@127.0.7.1 wan@127.0.7.2")]
    [InlineData("Get-MxExit wan* | Test-MxExit", "wan@127.0.7.1 wan@127.0.7.2")]
    [InlineData("Test-MxExit wan@127.0.7.2", "wan@127.0.7.2")]
    public void Each_address_of_a_pool_is_probed_once_at_the_target_of_its_health(string command, string probed)
    {
        const string Exits = "exits: [{ name: wan, type: direct, addresses: [127.0.7.0/30], health: { target: tcp://127.0.0.1:9 } }]";
        _session.Run($"Start-MxServer '{Write("names", Exits)}'");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run(command);
        Assert.Empty(errors);
        Assert.Equal(probed, string.Join(' ', output.Select(probe => probe.Properties["Exit"].Value)));
        Assert.All(output, probe => Assert.Equal("tcp://127.0.0.1:9", probe.Properties["Target"].Value));
    }

    [Fact]
    public void A_pool_without_a_target_is_one_error()
    {
        _session.Run($"Start-MxServer '{Write("names", "exits: [{ name: wan, type: direct, addresses: [127.0.7.0/30] }]")}'");
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = _session.Run("Test-MxExit wan");
        Assert.Empty(output);
        Assert.Equal("InvalidConfiguration", Assert.Single(errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void The_users_name_that_is_typed_finds_that_user_whatever_letters_it_has()
    {
        string file = _folder.Write("names.yaml", """
            name: names
            inbounds: [{ name: web, type: socks5, listen: "127.0.0.1:0", users: { "a[1]": { password: p1 }, a1: { password: p2 }, b1: { password: p3 } } }]
            """);
        _session.Run($"Start-MxServer '{file}'");
        Assert.Equal(["a1", "a[1]"], _session.Run("Get-MxUser 'a[1]' | ForEach-Object Name").Output.Select(name => $"{name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_socket_from_the_pipeline_is_a_path_and_a_typed_one_a_pattern()
    {
        // A socket's path is short: a name of its own for each.
        foreach (string name in (string[])["s1", "s[1]"])
        {
            string server = name.Replace("[", "-", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            string file = Write(server, $"control: {{ socket: '{_folder[name]}.sock' }}");
            _session.Run($"Start-MxServer -Config '{file}'");
        }
        string path = _folder["s[1].sock"];
        Assert.Equal("s1", Assert.Single(_session.Run($"Get-MxServer -Socket '{path}' | ForEach-Object Name").Output).BaseObject);
        string escaped = $"([wildcardpattern]::Escape('{path}'))";
        Assert.Equal("s-1", Assert.Single(_session.Run($"Get-MxServer -Socket {escaped} | Get-MxServer | ForEach-Object Name").Output).BaseObject);
        (IReadOnlyList<PSObject> stopped, IReadOnlyList<ErrorRecord> errors) = _session.Run($"Get-MxServer -Socket {escaped} | Stop-MxServer -PassThru");
        Assert.Empty(errors);
        Assert.Equal("s-1", Assert.Single(stopped).Properties["Name"].Value);
    }

    private void Start(string name) => Assert.Empty(_session.Run($"Start-MxServer -Listen mixed://127.0.0.1:0 -Name {name}").Errors);

    private string Write(string name, string more = "") => _folder.Write($"{name}.yaml", $$"""
        name: {{name}}
        inbounds: [{ name: web, type: socks5, listen: "127.0.0.1:0" }]
        {{more}}
        """);
}
