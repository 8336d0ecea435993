@{
    RootModule           = 'module/bin/MultiExit.dll'
    # Before RootModule: it makes the engine load in a context of its own (docs/developer-guide.md).
    NestedModules        = @('module/bin/MultiExit.Loader.dll')
    TypesToProcess       = @('module/MultiExit.Types.ps1xml')
    FormatsToProcess     = @('module/MultiExit.Format.ps1xml')
    ModuleVersion        = '0.1.0'
    GUID                 = '8d0a0c1e-6a0f-4a55-9a3b-2f6d1c7be84f'
    Author               = 'MultiExit contributors'
    CompanyName          = 'MultiExit'
    Copyright            = 'Copyright (c) MultiExit contributors. MIT license.'
    Description          = 'Accepts proxy connections in many protocols and sends each one out of the right exit. Needs PowerShell 7.6, or the .NET 10 runtime for the console host alone.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    CmdletsToExport      = @(
        'Compare-MxConfigVersion'
        'Confirm-MxConfig'
        'ConvertTo-MxConfig'
        'ConvertTo-MxUrl'
        'Disable-MxExit'
        'Enable-MxExit'
        'Export-MxDiagnostic'
        'Find-MxSession'
        'Get-MxConfig'
        'Get-MxConfigVersion'
        'Get-MxEchConfig'
        'Get-MxExit'
        'Get-MxGroup'
        'Get-MxLog'
        'Get-MxMetric'
        'Get-MxNode'
        'Get-MxRedirect'
        'Get-MxRuleSet'
        'Get-MxServer'
        'Get-MxService'
        'Get-MxSession'
        'Get-MxSnat'
        'Get-MxTraffic'
        'Get-MxUser'
        'Initialize-MxStore'
        'Install-MxRedirect'
        'Install-MxService'
        'Install-MxSnat'
        'New-MxCertificate'
        'New-MxConfig'
        'New-MxEchKey'
        'New-MxKey'
        'New-MxPasswordHash'
        'New-MxUser'
        'Publish-MxExit'
        'Remove-MxUser'
        'Restart-MxServer'
        'Restore-MxConfigVersion'
        'Save-MxConfig'
        'Set-MxConfig'
        'Set-MxExit'
        'Set-MxUser'
        'Start-MxClient'
        'Start-MxServer'
        'Stop-MxServer'
        'Stop-MxSession'
        'Test-MxConfig'
        'Test-MxExit'
        'Test-MxRedirect'
        'Test-MxRoute'
        'Test-MxServer'
        'Test-MxSnat'
        'Test-MxTunnel'
        'Uninstall-MxRedirect'
        'Uninstall-MxService'
        'Uninstall-MxSnat'
        'Unlock-MxClient'
        'Unpublish-MxExit'
        'Update-MxGroup'
        'Update-MxRuleSet'
        'Watch-MxServer'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('proxy', 'socks5', 'http', 'tunnel', 'gateway', 'Linux', 'PSEdition_Core')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/multiexit/multiexit'
            ReleaseNotes = '0.1.0: the first release. docs/releases.md in the module has the details.'
        }
    }
}
