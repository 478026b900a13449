@echo off
rem Finds a Python, and hands everything to scripts\launch.py, which sets up .venv and runs.
rem   run.bat                     the app
rem   run.bat test [--all] [...]  the tests
rem   run.bat COMMAND [...]       a Brushreel command, for instance: render --in a.mp4 --styles pencil
setlocal DisableDelayedExpansion
set "SUITS=import sys; sys.exit(sys.version_info < (3, 11))"

if exist "%~dp0.venv\installing" goto find
"%~dp0.venv\Scripts\python.exe" -I -c "%SUITS%" >nul 2>nul
if not errorlevel 1 goto venv
:find
py -3 -I -c "%SUITS%" >nul 2>nul
if not errorlevel 1 goto launcher
python -I -c "%SUITS%" >nul 2>nul
if not errorlevel 1 goto path

echo Brushreel needs Python 3.11 or newer, and none was found. 1>&2
echo Install it from python.org, or with: winget install Python.Python.3.13 1>&2
exit /b 2

:venv
"%~dp0.venv\Scripts\python.exe" -I "%~dp0scripts\launch.py" %*
exit /b %errorlevel%

:launcher
py -3 -I "%~dp0scripts\launch.py" %*
exit /b %errorlevel%

:path
python -I "%~dp0scripts\launch.py" %*
exit /b %errorlevel%
