# In a PowerShell of its own, since the provider belongs to the process; what it says is what the prompt shows after an error.
BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $setUp = @"
Import-Module '$root/MultiExit.psd1'
`$manager = [Management.Automation.Subsystem.SubsystemManager]
function Get-Provider { @(`$manager::GetSubsystemInfo([Management.Automation.Subsystem.SubsystemKind]::FeedbackProvider).Implementations | Where-Object Name -EQ MultiExit) }
function Get-Feedback(`$Failure) {
    `$hints = [MultiExit.MxServer].Assembly.GetType('MultiExit.ErrorHints').GetMethod('Of', [Reflection.BindingFlags]'Static, Public, NonPublic')
    `$hint = `$hints.CreateDelegate([Func[Management.Automation.ErrorRecord, Collections.Generic.IReadOnlyList[string]]])
    `$type = [AppDomain]::CurrentDomain.GetAssemblies().Where({ `$_.GetName().Name -eq 'MultiExit.Feedback' })[0].GetType('MultiExit.Feedback.ErrorFeedback')
    `$ast = [Management.Automation.Language.Parser]::ParseInput('x', [ref] `$null, [ref] `$null)
    `$context = [Management.Automation.Subsystem.Feedback.FeedbackContext]::new('Error', `$ast, [Management.Automation.Language.Token[]]@(), `$PWD, `$Failure)
    `$item = [Activator]::CreateInstance(`$type, `$hint).GetFeedback(`$context, [Threading.CancellationToken]::None)
    if (`$item) { `$item.Header; `$item.RecommendedActions }
}
function Get-Failure([scriptblock] `$Script) { try { `$null = & `$Script } catch { return `$_ } }
"@
    function Invoke-There([string] $Script) { Invoke-Child "$setUp`n$Script" }
}

Describe 'The feedback provider' -Skip:(-not $IsLinux) {
    It 'is there with the module, once after a second import, and goes with it' {
        Invoke-There "(Get-Provider).Count; Import-Module '$root/MultiExit.psd1' -Force; (Get-Provider).Count; Remove-Module MultiExit; (Get-Provider).Count" |
            Should -Be '1', '1', '0'
    }

    It 'says who holds the port' {
        Invoke-There @'
$listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $listener.Start()
Get-Feedback (Get-Failure { Start-MxServer -Listen "http://$($listener.LocalEndpoint)" })
"$PID"
'@ | ForEach-Object { $_ } -OutVariable said | Out-Null
        $said[0] | Should -Match "^127\.0\.0\.1:\d+ is held by .+ \(process $($said[-1])\)\.$"
        $said[1] | Should -Be 'Get-MxServer'
    }

    It 'says how a change is confirmed, and until when' {
        $file = Join-Path $TestDrive 'edge.yaml'
        Set-Content $file "name: edge`ninbounds: [{ name: a, type: http, listen: '127.0.0.1:0' }]`nhistory: { directory: $TestDrive/history }"
        $said = @(Invoke-There @"
Start-MxServer '$file'
Set-MxConfig edge -Set @{ 'limits.connections' = 77 } -ConfirmWithin 10m -Confirm:`$false
Get-Feedback (Get-Failure { Save-MxConfig edge -Confirm:`$false })
"@)
        $said[-2] | Should -Match '^The change of edge is rolled back in (5|6)\d\d s, unless it is confirmed before\.$'
        $said[-1] | Should -Be 'Confirm-MxConfig edge'
    }

    It 'says that a server is of another version, with what to do' {
        $said = @(Invoke-There @'
$notes = [MultiExit.MxServer].Assembly.GetType('MultiExit.ServerVersions')
$others = $notes.GetField('Others', [Reflection.BindingFlags]'Static, NonPublic').GetValue($null)
$others['/run/old.sock'] = [ValueTuple[string, string, string]]::new('old', '0.0.9', '/run/old.sock')
$others['/run/new.sock'] = [ValueTuple[string, string, string]]::new('new', '99.0.0', '/run/new.sock')
Get-Feedback (Get-Failure { Get-MxExit none -Socket /run/old.sock -ErrorAction Stop })
Get-Feedback (Get-Failure { Get-MxExit none -Server new -ErrorAction Stop })
'@)
        $said[0] | Should -BeLike 'The server old is of version 0.0.9, and this module of *'
        $said[1] | Should -BeLike 'Restart-MxServer old -Socket /run/old.sock*'
        $said[3] | Should -BeLike 'Update-PSResource MultiExit*'
    }

    It 'puts no text of a foreign server into a command that is not a name' {
        $said = @(Invoke-There @'
$notes = [MultiExit.MxServer].Assembly.GetType('MultiExit.ServerVersions')
$type = $notes.GetMethod('Note').GetParameters()[1].ParameterType
function Add-Note($Socket, $Name, $Version) {
    $status = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
    $type.GetProperty('Name').SetValue($status, $Name)
    $type.GetProperty('Version').SetValue($status, $Version)
    $null = $notes.GetMethod('Note').Invoke($null, @($Socket, $status))
}
Add-Note '/run/bad.sock' 'x; Remove-Item /' '0.0.9'
Add-Note '/run/a b.sock' 'old' "0.0.8`e[2J"
Get-Feedback (Get-Failure { Get-MxExit none -Socket /run/bad.sock -ErrorAction Stop })
Get-Feedback (Get-Failure { Get-MxExit none -Socket '/run/a b.sock' -ErrorAction Stop })
'@)
        $said | Should -HaveCount 2
        $said[0] | Should -BeLike 'The server old is of version an earlier time, and this module of *'
        $said[1] | Should -BeLike "Update-PSResource*"
    }

    It 'is silent where it knows nothing' {
        Invoke-There 'Get-Feedback (Get-Failure { Get-MxServer none -ErrorAction Stop }); Get-Feedback (Get-Failure { throw "x" }); "end"' | Should -Be 'end'
    }
}
