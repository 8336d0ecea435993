BeforeDiscovery {
    Import-Module (Join-Path (Split-Path $PSScriptRoot) 'MultiExit.psd1')
    $cmdlets = Get-Command -Module MultiExit | ForEach-Object { @{ Name = $_.Name } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $manifest = Join-Path $root 'MultiExit.psd1'
}

Describe 'The manifest' {
    It 'is valid' {
        (Test-ModuleManifest $manifest).Version | Should -Be '0.1.0'
    }

    It 'has the version of the engine' {
        & (Join-Path $root 'module/bin/multiexit') version | Should -Be "multiexit $((Import-PowerShellDataFile $manifest).ModuleVersion)"
    }

    It 'has release notes of its version, and docs/releases.md begins with it' {
        $data = Import-PowerShellDataFile $manifest
        $data.PrivateData.PSData.ReleaseNotes | Should -BeLike "$($data.ModuleVersion):*"
        @(Get-Content (Join-Path $root 'docs/releases.md') | Where-Object { $_ -match '^## ' })[0] | Should -Be "## $($data.ModuleVersion)"
    }

    It 'exports cmdlets by name and nothing else' {
        $data = Import-PowerShellDataFile $manifest
        $data.CmdletsToExport | Should -Not -Contain '*'
        foreach ($key in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') { $data[$key] | Should -HaveCount 0 }
        $data.CompatiblePSEditions | Should -Be 'Core'
    }

    It 'exports every cmdlet of the assembly' {
        $implemented = [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'MultiExit' }).GetExportedTypes() |
            ForEach-Object { $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false) } |
            ForEach-Object { "$($_.VerbName)-$($_.NounName)" } | Sort-Object
        (Get-Command -Module MultiExit).Name | Sort-Object | Should -Be $implemented
    }
}

Describe 'The surface' {
    It 'is the approved one' {
        $now = Invoke-Child "& '$(Join-Path $PSScriptRoot 'Get-Surface.ps1')'"
        $now -join "`n" | Should -Be ((Get-Content (Join-Path $PSScriptRoot 'surface.txt')) -join "`n")
    }
}

Describe '<Name>' -ForEach $cmdlets {
    BeforeAll {
        $cmdlet = Get-Command $Name
        $help = Get-Help $Name -Full
    }

    It 'has an approved verb' {
        (Get-Verb).Verb | Should -Contain $cmdlet.Verb
    }

    It 'declares what it writes, with a table view' {
        # They write nothing: a service that is gone has no state to show, nor has a connection that was ended.
        if ($Name -in 'Uninstall-MxService', 'Disconnect-MxServer') { return }
        $cmdlet.OutputType | Should -Not -BeNullOrEmpty
        foreach ($type in $cmdlet.OutputType | Where-Object Name -NotLike 'System.*') { (Get-FormatData $type.Name).FormatViewDefinition | Should -HaveCount 1 }
    }

    It 'has a synopsis, a description and two examples' {
        $help.Synopsis | Should -Not -Match '<CommonParameters>|^\s*$'
        $help.description.Text | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'documents every parameter' {
        $common = [Management.Automation.Cmdlet]::CommonParameters
        $documented = @($help.parameters.parameter | Where-Object { $_.description.Text } | ForEach-Object name)
        $cmdlet.Parameters.Keys | Where-Object { $_ -notin $common } | Where-Object { $_ -notin $documented } | Should -BeNullOrEmpty
    }

    It 'asks before it changes something' {
        # Connect-MxServer changes nothing but what this session reaches.
        if ($cmdlet.Verb -in 'Compare', 'Connect', 'ConvertTo', 'Find', 'Get', 'Measure', 'Test', 'Watch') { return }
        $cmdlet.Parameters.Keys | Should -Contain 'WhatIf'
    }
}

Describe 'Help about the module' {
    It 'is found' {
        Get-Help about_MultiExit | Should -Match 'inbounds'
    }
}

Describe 'Isolation' {
    It 'uses its own YamlDotNet when another one is loaded' {
        $other = Join-Path $TestDrive 'YamlDotNet.dll'
        $config = Join-Path $TestDrive 'ok.yaml'
        Set-Content $config 'inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:0" }]'
        $assembly = [Reflection.Emit.PersistedAssemblyBuilder]::new('YamlDotNet, Version=5.0.0.0', [object].Assembly)
        $null = $assembly.DefineDynamicModule('YamlDotNet').DefineType('YamlDotNet.Core.Parser', 'Public').CreateType()
        $assembly.Save($other)
        $seen = Invoke-Child @"
            `$null = [Reflection.Assembly]::LoadFrom('$other')
            Import-Module '$manifest'
            "valid: `$((Test-MxConfig '$config').IsValid)"
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq 'YamlDotNet' } | ForEach-Object Location
"@
        $seen[0] | Should -Be 'valid: True'
        $seen | Should -Contain $other
        $seen | Should -Contain (Join-Path $root 'module/bin/lib/YamlDotNet.dll')
    }

    It 'loads nothing of the engine into the default context' {
        $seen = Invoke-Child @"
            Import-Module '$manifest'
            `$null = Get-MxServer
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { `$_.GetName().Name }
"@
        $seen | Should -Contain 'MultiExit'
        $seen | Should -Not -Contain 'MultiExit.Engine'
        $seen | Should -Not -Contain 'Serilog'
    }

    It 'can be imported again, and removed and imported' {
        $seen = Invoke-Child @"
            Import-Module '$manifest'
            Import-Module '$manifest' -Force
            Start-MxServer -Listen mixed://127.0.0.1:0
            "first: `$(@(Get-MxServer).Count)"
            Remove-Module MultiExit 3>&1 | ForEach-Object { "warning: `$(`$_ -match 'have been stopped: multiexit')" }
            Import-Module '$manifest'
            "after removal: `$(@(Get-MxServer).Count)"
            Start-MxServer -Listen mixed://127.0.0.1:0
            "again: `$(@(Get-MxServer).Count)"
"@
        $seen | Should -Be 'first: 1', 'warning: True', 'after removal: 0', 'again: 1'
    }

    It 'lets the session end while a server runs' {
        Invoke-Child "Import-Module '$manifest'; Start-MxServer -Listen mixed://127.0.0.1:0; 'end'" | Should -Be 'end'
        $LASTEXITCODE | Should -Be 0
    }
}
